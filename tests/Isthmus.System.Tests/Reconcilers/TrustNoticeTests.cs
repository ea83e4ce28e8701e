using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Tests.Trust;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Infra;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>What is to be known of the CA stands in the report and, once, as an Event in every cluster that signs with it.</summary>
public sealed class TrustNoticeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_CA_that_ends_soon_is_told_in_the_report_and_once_in_every_cluster()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        mesh.Use(EndsIn(TimeSpan.FromDays(10)).Material);
        using var metrics = new RecordedMetrics();

        var first = await mesh.Trust().RunAsync(Cancellation);
        var second = await mesh.Trust().RunAsync(Cancellation);
        var resync = await mesh.Resync().PlanAsync(Cancellation);

        Assert.True(first.Succeeded, string.Join("; ", first.Failures));
        Assert.Equal(["east", "west"], first.Changes.Where(change => change.Kind == "Event").Select(change => change.Cluster.Value));
        Assert.Empty(second.Changes);
        Assert.Contains(metrics.Of("isthmus.ca.remaining", "certificate", "ca-cert.pem"), seconds => seconds / 86400 is > 9.9 and <= 10);
        foreach (var report in new[] { first, second, resync })
            Assert.Contains("ca-cert.pem: CN=intermediate ends at ", Assert.Single(report.Warnings).Reason, StringComparison.Ordinal);
        Assert.Contains("(9 days left)", first.Warnings[0].Reason, StringComparison.Ordinal);
        Assert.Equal(first.Warnings[0].Reason, Assert.IsType<JsonArray>(second.ToJson(_ => true)["warnings"])[0]?["reason"]?.ToString());
        foreach (var cluster in new[] { "east", "west" })
        {
            var told = Assert.Single(await EventsAsync(mesh, cluster));
            Assert.Equal(("Warning", TrustNotice.NearExpiry), (told["type"]?.ToString(), told["reason"]?.ToString()));
            Assert.Equal("cacerts", told["involvedObject"]?["name"]?.ToString());
        }
    }

    [Fact]
    public async Task A_CA_that_is_refused_is_told_with_the_reason_and_the_clusters_keep_theirs()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east");
        await mesh.Trust().RunAsync(Cancellation);
        var before = await mesh.FindAsync("east", ResourceKind.Secret, "istio-system", "cacerts");
        mesh.Use(EndsIn(TimeSpan.FromHours(-1)).Material);

        var report = await mesh.Trust().RunAsync(Cancellation);

        Assert.Contains(report.Failures, failure => failure.Reason.Contains("ca-cert.pem: CN=intermediate expired at", StringComparison.Ordinal));
        Assert.Equal(before?.ToJsonString(), (await mesh.FindAsync("east", ResourceKind.Secret, "istio-system", "cacerts"))?.ToJsonString());
        var told = Assert.Single(await EventsAsync(mesh, "east"));
        Assert.Equal(TrustNotice.Refused, told["reason"]?.ToString());
        Assert.DoesNotContain("PRIVATE KEY-----", told.ToJsonString(), StringComparison.Ordinal);
    }

    private static TestCa EndsIn(TimeSpan span)
    {
        var shape = new CertificateShape { From = DateTimeOffset.UtcNow.AddDays(-2), Until = DateTimeOffset.UtcNow.AddYears(2) };
        return TestCa.Two(shape with { Until = DateTimeOffset.UtcNow + span }, shape);
    }

    private static async Task<List<JsonObject>> EventsAsync(EmbeddedMesh mesh, string cluster) =>
        [.. (await (await mesh.ApiAsync(cluster)).ListAsync(ResourceKind.Event, "istio-system", "app.kubernetes.io/managed-by=isthmus", null, Cancellation))];
}
