using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Federation;
using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

public sealed class TrustPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TestAuthority Root = new("root", Now);
    private static readonly CaMaterial First = Root.Material(Now, "v1");

    [Fact]
    public void Writes_the_four_keys_that_istiod_reads_with_version_and_hash()
    {
        var secret = Created();
        Assert.Equal(First.CaCert, Text(secret, "ca-cert.pem"));
        Assert.Equal(First.CaKey, Text(secret, "ca-key.pem"));
        Assert.Equal(First.RootCert, Text(secret, "root-cert.pem"));
        Assert.Equal(First.CertChain, Text(secret, "cert-chain.pem"));
        Assert.Equal("v1", secret.Annotation(TrustPlanner.VersionAnnotation));
        Assert.Equal(64, secret.Annotation(TrustPlanner.HashAnnotation)?.Length);
    }

    [Fact]
    public void Writes_nothing_where_it_stands_already() =>
        Assert.IsType<PlannedAction.Unchanged>(Plan(First, new TrustSnapshot(true, Created())));

    [Fact]
    public void A_renewed_intermediate_under_the_same_root_replaces_the_old_one()
    {
        var renewed = Root.Material(Now, "v2");
        var replace = Assert.IsType<PlannedAction.Replace>(Plan(renewed, new TrustSnapshot(true, Created())));
        Assert.Equal(renewed.CaCert, Text(replace.Content, "ca-cert.pem"));
    }

    [Fact]
    public void Another_root_is_refused_because_workloads_would_lose_each_other() =>
        Assert.Contains("another root", Skipped(new TestAuthority("new root", Now).Material(Now, "v2"), new TrustSnapshot(true, Created())), StringComparison.Ordinal);

    [Fact]
    public void A_secret_of_somebody_else_is_taken_over_only_when_the_document_says_so()
    {
        var foreign = Created();
        Assert.IsType<JsonObject>(foreign["metadata"]).Remove("labels");
        Assert.Contains("set trust.adopt", Skipped(First, new TrustSnapshot(true, foreign)), StringComparison.Ordinal);
        var adopted = Assert.IsType<PlannedAction.Replace>(Plan(First, new TrustSnapshot(true, foreign), adopt: true));
        Assert.True(Ownership.IsOurs(adopted.Content, "m"));
    }

    [Theory]
    [InlineData("tls.crt", "in place of ca-cert.pem")]
    [InlineData("ca-crl.pem", "revocations")]
    public void A_secret_with_a_file_that_istiod_goes_by_and_we_do_not_keep_is_not_taken_over(string file, string reason)
    {
        var foreign = Created();
        Assert.IsType<JsonObject>(foreign["metadata"]).Remove("labels");
        Assert.IsType<JsonObject>(foreign["data"])[file] = "";
        var skipped = Assert.IsType<PlannedAction.Skipped>(Plan(Root.Material(Now, "v2"), new TrustSnapshot(true, foreign), adopt: true));
        Assert.Contains(reason, skipped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_istio_there_is_nowhere_to_write() => Assert.Contains("istio-system", Skipped(First, new TrustSnapshot(false, null)), StringComparison.Ordinal);

    private static JsonObject Created() => Assert.IsType<PlannedAction.Create>(Plan(First, new TrustSnapshot(true, null))).Content;

    private static string Skipped(CaMaterial material, TrustSnapshot seen) => Assert.IsType<PlannedAction.Skipped>(Plan(material, seen)).Reason;

    private static PlannedAction Plan(CaMaterial material, TrustSnapshot seen, bool adopt = false)
    {
        var mesh = FederationWorld.Parse(FederationWorld.DefaultDocument);
        var east = mesh.Clusters[0].Name;
        var all = new MeshTrustSnapshot { Clusters = new Dictionary<ClusterName, TrustSnapshot> { [east] = seen }, Newest = material, Now = Now };
        return Assert.Single(TrustPlanner.Plan(mesh, new TrustSettings(new Uri("https://v/"), "c", "cluster.local", adopt), all).Actions);
    }

    private static string Text(JsonObject secret, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(secret["data"]?[key]) ?? ""));
}
