using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Checks;

/// <summary>West is served by east: what is said of the Secret by which east's istiod reads it.</summary>
public sealed class RemoteSecretRuleTests
{
    private const string Token = "a-token-that-nobody-sees";

    private static readonly MeshDocument Mesh = CheckWorld.Mesh(text => text.Replace("network: n-west", "network: n-west, controlPlane: east", StringComparison.Ordinal));

    [Theory]
    [InlineData(1, 168, CheckSeverity.Ok, "its token is 1 h 0 min old and ends in 6 d 23 h; it is renewed from 2026-03-04 23:00Z on")]
    [InlineData(100, 168, CheckSeverity.Ok, "its token is 4 d 4 h old and ends in 2 d 20 h")]
    [InlineData(130, 168, CheckSeverity.Warning, "its token is 5 d 10 h old and ends in 1 d 14 h; it was to be renewed 1 d 22 h ago")]
    [InlineData(170, 168, CheckSeverity.Error, "its token is 7 d 2 h old and ended 2 h 0 min ago, so istiod does not read the cluster")]
    [InlineData(0.05, 0.5, CheckSeverity.Warning, "its token is 3 min old and ends in 27 min: the API server grants less than an hour")]
    public void The_age_of_a_token_and_what_is_left_of_it_are_told(double age, double life, CheckSeverity severity, string what)
    {
        var finding = Find(Secret("west", CheckWorld.Now.AddHours(-age), CheckWorld.Now.AddHours(life - age)));
        Assert.Equal(severity, finding.Severity);
        Assert.StartsWith(what, finding.What, StringComparison.Ordinal);
        Assert.Equal(severity == CheckSeverity.Ok, finding.ToDo is null);
    }

    [Fact]
    public void A_secret_that_is_missing_or_somebody_elses_is_told_with_what_to_do()
    {
        Assert.Contains("istiod does not read the cluster", Find().What, StringComparison.Ordinal);
        var foreign = Secret("west", CheckWorld.Now, CheckWorld.Now.AddDays(7));
        (foreign["metadata"] as JsonObject)?.Remove("labels");
        Assert.Contains("kubectl label secret -n istio-system istio-remote-secret-west app.kubernetes.io/managed-by=isthmus isthmus.dev/mesh=test", Find(foreign).ToDo, StringComparison.Ordinal);
        Assert.IsType<JsonObject>(foreign["metadata"])["name"] = "by-hand";
        Assert.Contains("not ours, so nobody renews its token", Find(foreign).What, StringComparison.Ordinal);
        Assert.Contains("delete that Secret", Find(foreign).ToDo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_the_API_server_does_not_know_is_an_error() =>
        Assert.Equal(CheckSeverity.Error, Assert.Single(All([Secret("west", CheckWorld.Now, CheckWorld.Now.AddDays(7))], [CheckWorld.West])).Severity);

    [Fact]
    public void A_cluster_that_the_document_does_not_list_is_told()
    {
        var findings = All([Secret("west", CheckWorld.Now, CheckWorld.Now.AddDays(7)), Secret("gone", CheckWorld.Now, CheckWorld.Now.AddDays(7))], []);
        Assert.Contains("state: leaving", Assert.Single(findings, finding => finding.Subject == "remote secret of gone").ToDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, 6, false)]
    [InlineData(30, 0, true)]
    [InlineData(30, 3, true)]
    [InlineData(30, 4, false)]
    public void An_istiod_that_loses_endpoints_when_a_token_is_renewed_is_told(int minor, int patch, bool isTold)
    {
        var findings = All([Secret("west", CheckWorld.Now, CheckWorld.Now.AddDays(7))], [], new IstioVersion(1, minor, patch));
        Assert.Equal(isTold, findings.Any(finding => finding.Severity == CheckSeverity.Error && finding.ToDo?.Contains("1.30.4", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void No_finding_shows_a_token() =>
        Assert.DoesNotContain(All([Secret("west", CheckWorld.Now, CheckWorld.Now.AddDays(7))], []), finding => finding.ToString().Contains(Token, StringComparison.Ordinal));

    private static CheckFinding Find(params JsonObject[] secrets) => Assert.Single(All(secrets, []));

    private static IReadOnlyList<CheckFinding> All(IReadOnlyList<JsonObject> secrets, IReadOnlyList<ClusterName> refused, IstioVersion? version = null)
    {
        var east = CheckWorld.Good with { RemoteSecrets = secrets, Istiods = [CheckWorld.Istiod(version ?? new IstioVersion(1, 27, 0))] };
        var seen = new Dictionary<ClusterName, ClusterCheckSnapshot> { [CheckWorld.East] = east, [CheckWorld.West] = CheckWorld.Good };
        return [.. MeshChecks.Run(new CheckSnapshot(Mesh, seen, CheckWorld.Now) { RefusedTokens = refused.ToHashSet() })
            .Where(finding => finding.Subject.StartsWith("remote secret", StringComparison.Ordinal))];
    }

    private static JsonObject Secret(string cluster, DateTimeOffset issued, DateTimeOffset expires)
    {
        var secret = CheckWorld.Read($$"""
            metadata:
              name: istio-remote-secret-{{cluster}}
              namespace: istio-system
              labels: {istio/multiCluster: "true", app.kubernetes.io/managed-by: isthmus, isthmus.dev/mesh: test}
              annotations:
                networking.istio.io/cluster: {{cluster}}
                isthmus.dev/token-issued: "{{issued:yyyy-MM-ddTHH:mm:ssZ}}"
                isthmus.dev/token-expires: "{{expires:yyyy-MM-ddTHH:mm:ssZ}}"
            """);
        secret["data"] = new JsonObject { [cluster] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"users: [{{user: {{token: {Token}}}}}]")) };
        return secret;
    }
}
