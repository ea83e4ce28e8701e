using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Dns;

public sealed class DnsPlannerTests
{
    private const string Corefile = ".:53 {\n    errors\n    kubernetes cluster.local\n}\n";
    private static readonly Dictionary<string, string> Two = new() { ["reviews.shop.global"] = "240.0.0.2", ["pay.bank.global"] = "240.0.0.3" };

    [Fact]
    public void Appends_a_marked_block_to_the_corefile_and_takes_it_out_again()
    {
        var mesh = Mesh("coredns");
        var live = ConfigMap("Corefile", Corefile);
        var written = Content(mesh, live, Two);
        var text = Text(written, "Corefile");
        Assert.StartsWith(Corefile, text, StringComparison.Ordinal);
        Assert.Contains("global:53 {", text, StringComparison.Ordinal);
        Assert.Contains("        240.0.0.3 pay.bank.global\n        240.0.0.2 reviews.shop.global\n        ttl 30\n        fallthrough\n", text, StringComparison.Ordinal);
        Assert.Contains("rcode NXDOMAIN", text, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(live, Content(mesh, written, [])));
    }

    [Fact]
    public void In_coredns_custom_two_keys_are_ours_and_the_others_stay()
    {
        var mesh = Mesh("coredns-custom");
        var live = ConfigMap("other.server", "example.com:53 {\n}\n");
        var written = Content(mesh, live, Two);
        Assert.Equal("240.0.0.3 pay.bank.global\n240.0.0.2 reviews.shop.global\n", Text(written, "isthmus.hosts"));
        Assert.Contains("hosts /etc/coredns/custom/isthmus.hosts global {", Text(written, "isthmus.server"), StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(live, Content(mesh, written, [])));
    }

    [Fact]
    public void Coredns_custom_is_created_where_it_is_missing_but_a_corefile_is_not()
    {
        Assert.IsType<PlannedAction.Create>(Plan(Mesh("coredns-custom"), null, Two));
        Assert.Contains("no ConfigMap", Assert.IsType<PlannedAction.Skipped>(Plan(Mesh("coredns"), null, Two)).Reason, StringComparison.Ordinal);
        Assert.Null(Plan(Mesh("coredns"), null, []));
        Assert.Null(Plan(Mesh("sidecar"), null, Two));
    }

    [Theory]
    [InlineData("global {\n}\n")]
    [InlineData("example.com:53 Global:53 {\n}\n")]
    [InlineData("dns://global.:1053 {\n}\n")]
    public void A_server_block_of_somebody_else_for_the_domain_is_a_clash(string block)
    {
        Assert.Contains("already", Assert.IsType<PlannedAction.Skipped>(Plan(Mesh("coredns"), ConfigMap("Corefile", Corefile + block), Two)).Reason, StringComparison.Ordinal);
        Assert.Contains("key x.server", Assert.IsType<PlannedAction.Skipped>(Plan(Mesh("coredns-custom"), ConfigMap("x.server", block), Two)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_for_one_name_leaves_the_records_of_others_as_they_stand() =>
        Gen.Select(Choose.Among("coredns", "coredns-custom"), Records, Records).Sample((provider, before, wanted) =>
        {
            var mesh = Mesh(provider);
            var name = new ServiceName("n", "a");
            var live = Content(mesh, ConfigMap("Corefile", Corefile), before);
            var one = wanted.Where(record => record.Key == "a.n.global").ToDictionary();
            var action = DnsPlanner.Plan(mesh.Clusters[0], mesh, live, one, FederationScope.Of(name));
            var after = DnsPlanner.Read(mesh.Clusters[0], action is PlannedAction.Replace replace ? replace.Content : live);
            return after.OrderBy(record => record.Key).SequenceEqual(before.Where(record => record.Key != "a.n.global").Concat(one).OrderBy(record => record.Key));
        }, iter: 500);

    [Fact]
    public void After_writing_there_is_nothing_left_to_write() =>
        Gen.Select(Choose.Among("coredns", "coredns-custom"), Records).Sample((provider, records) =>
        {
            var mesh = Mesh(provider);
            return Plan(mesh, Content(mesh, ConfigMap("Corefile", Corefile), records), records) is PlannedAction.Unchanged;
        }, iter: 500);

    [Fact]
    public void Records_that_do_not_fit_into_a_configmap_are_reported()
    {
        var many = Enumerable.Range(0, 40_000).ToDictionary(number => $"service-{number}.namespace.global", _ => "240.0.0.1");
        Assert.Contains("1 MiB", Assert.IsType<PlannedAction.Skipped>(Plan(Mesh("coredns"), ConfigMap("Corefile", Corefile), many)).Reason, StringComparison.Ordinal);
    }

    private static Gen<Dictionary<string, string>> Records { get; } =
        Gen.Dictionary(Choose.Among("a.n.global", "b.n.global", "a.m.global", "x-y.n.global"), Gen.Int[1, 200].Select(number => $"240.0.0.{number}"))[0, 4];

    private static PlannedAction? Plan(MeshDocument mesh, JsonObject? live, Dictionary<string, string> wanted) =>
        DnsPlanner.Plan(mesh.Clusters[0], mesh, live, wanted, FederationScope.Everything);

    private static JsonObject Content(MeshDocument mesh, JsonObject live, Dictionary<string, string> wanted) =>
        Plan(mesh, live, wanted) is PlannedAction.Replace replace ? replace.Content : live;

    private static JsonObject ConfigMap(string key, string text) =>
        new() { ["metadata"] = new JsonObject { ["name"] = "x", ["resourceVersion"] = "1" }, ["data"] = new JsonObject { [key] = text } };

    private static string Text(JsonObject configMap, string key) => ObjectMetadata.TextOf(configMap["data"]?[key]) ?? "";

    private static MeshDocument Mesh(string dns) => Federation.FederationWorld.Parse($$$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          dns: {{{dns}}}
          clusters:
          - {name: east, network: n, access: {kubeconfig: k}}
        """);
}
