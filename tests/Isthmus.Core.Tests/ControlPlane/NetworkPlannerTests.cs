using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class NetworkPlannerTests
{
    private const string East = "name: east, network: n1, gateway: {addresses: [20.0.0.1]}";
    private const string West = "name: west, network: n2, controlPlane: east, gateway: {addresses: [20.0.0.2]}";
    private static readonly MeshDocument Three = ReaderWorld.Mesh(East, West);

    [Fact]
    public void Each_root_namespace_tells_its_network_and_a_served_cluster_gets_one()
    {
        var plan = NetworkPlanner.Plan(Three, Seen(("east", Root()), ("west", null)));
        var east = Assert.IsType<PlannedAction.Replace>(Find(plan, "east", "Namespace")).Content;
        var west = Assert.IsType<PlannedAction.Create>(Find(plan, "west", "Namespace")).Content;
        Assert.Equal("n1", east.Label("topology.istio.io/network"));
        Assert.Equal("n2", west.Label("topology.istio.io/network"));
        Assert.Null(west.Label(Ownership.ManagedByLabel));
    }

    [Fact]
    public void A_label_of_somebody_else_stays_and_another_value_is_a_clash()
    {
        Assert.IsType<PlannedAction.Unchanged>(Find(NetworkPlanner.Plan(Three, Seen(("east", Root("n1")))), "east", "Namespace"));
        var clash = Assert.IsType<PlannedAction.Skipped>(Find(NetworkPlanner.Plan(Three, Seen(("east", Root("other")))), "east", "Namespace"));
        Assert.Contains("'other'", clash.Reason, StringComparison.Ordinal);
        Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(Three, Seen(("east", Root("old", "old")))), "east", "Namespace"));
    }

    [Fact]
    public void A_served_clusters_root_namespace_names_the_istiod_that_brings_it_the_root_certificate()
    {
        const string key = "topology.istio.io/controlPlaneClusters";
        Assert.Equal("east", Assert.IsType<PlannedAction.Create>(Find(NetworkPlanner.Plan(Three, Seen(("west", null))), "west", "Namespace")).Content.Annotation(key));
        var marked = Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(Three, Seen(("west", Root("n2")))), "west", "Namespace")).Content;
        Assert.Equal("east", marked.Annotation(key));
        Assert.Null(Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(Three, Seen(("east", Root()))), "east", "Namespace")).Content.Annotation(key));

        // It follows the document, and goes with the cluster.
        var moved = ReaderWorld.Mesh(East, "name: north, network: n3", West.Replace("controlPlane: east", "controlPlane: north", StringComparison.Ordinal));
        Assert.Equal("north", Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(moved, Seen(("west", marked))), "west", "Namespace")).Content.Annotation(key));
        var left = Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(ReaderWorld.Mesh(East, West + ", state: leaving"), Seen(("west", marked))), "west", "Namespace")).Content;
        Assert.Null(left.Annotation(key));
        Assert.Null(left.Annotation("isthmus.dev/control-plane"));

        // Somebody else's that names it too is as good, and one that does not is a clash.
        foreach (var theirs in new[] { "*", "other,east" })
            Assert.IsType<PlannedAction.Unchanged>(Find(NetworkPlanner.Plan(Three, Seen(("west", Theirs(theirs)))), "west", "Namespace"));
        Assert.Contains($"its annotation {key} says 'other'", Assert.IsType<PlannedAction.Skipped>(Find(NetworkPlanner.Plan(Three, Seen(("west", Theirs("other")))), "west", "Namespace")).Reason, StringComparison.Ordinal);

        static JsonObject Theirs(string text)
        {
            var root = Root("n2", "n2");
            Assert.IsType<JsonObject>(root["metadata"]?["annotations"])[key] = text;
            return root;
        }
    }

    [Fact]
    public void A_cluster_that_is_alone_or_leaves_loses_our_label_and_keeps_its_namespace()
    {
        var alone = ReaderWorld.Mesh(East, West + ", state: leaving");
        foreach (var cluster in new[] { "east", "west" })
        {
            var content = Assert.IsType<PlannedAction.Replace>(Find(NetworkPlanner.Plan(alone, Seen((cluster, Root("n", "n")))), cluster, "Namespace")).Content;
            Assert.Null(content.Label("topology.istio.io/network"));
            Assert.Null(content.Annotation("isthmus.dev/network"));
        }

        Assert.IsType<PlannedAction.Unchanged>(Find(NetworkPlanner.Plan(alone, Seen(("east", Root("theirs")))), "east", "Namespace"));
    }

    [Fact]
    public void Istiod_is_told_of_its_networks_and_their_gateways_in_every_revision()
    {
        var plan = NetworkPlanner.Plan(Three, Seen(
            [Config("istio"), Config("istio-canary"), new JsonObject { ["metadata"] = new JsonObject { ["name"] = "istio-ca-root-cert" } }], ("east", Root()), ("west", Root())));
        foreach (var name in new[] { "istio", "istio-canary" })
        {
            var networks = Networks(Assert.IsType<PlannedAction.Replace>(Assert.Single(plan.Actions, action => action.Id.Name == name)).Content);
            Assert.Equal(["n1", "n2"], networks.Select(network => network.Key));
            Assert.Equal("""{"endpoints":[{"fromRegistry":"west"}],"gateways":[{"address":"20.0.0.2","port":15443}]}""", networks["n2"]?.ToJsonString());
        }
    }

    [Fact]
    public void A_silent_cluster_keeps_the_gateways_that_it_had()
    {
        var before = Content(NetworkPlanner.Plan(Three, Seen([Config("istio")], ("east", Root()), ("west", Root()))));
        var byService = ReaderWorld.Mesh(East, West.Replace("addresses: [20.0.0.2]", "service: istio-system/gw", StringComparison.Ordinal));
        Assert.IsType<PlannedAction.Unchanged>(Find(NetworkPlanner.Plan(byService, Seen([before], ("east", Root()))), "east", "ConfigMap"));
        Assert.IsType<PlannedAction.Unchanged>(Find(NetworkPlanner.Plan(Three, Seen([before], ("east", Root()))), "east", "ConfigMap"));
    }

    [Fact]
    public void A_gateway_that_moved_is_followed()
    {
        var before = Content(NetworkPlanner.Plan(Three, Seen([Config("istio")], ("east", Root()), ("west", Root()))));
        var moved = ReaderWorld.Mesh(East, West.Replace("20.0.0.2", "20.0.0.9", StringComparison.Ordinal));
        Assert.Equal("20.0.0.9", ObjectMetadata.TextOf(Networks(Content(NetworkPlanner.Plan(moved, Seen([before], ("east", Root()), ("west", Root())))))["n2"]?["gateways"]?[0]?["address"]));
    }

    [Fact]
    public void A_network_without_a_gateway_is_left_out_and_named()
    {
        var plan = NetworkPlanner.Plan(ReaderWorld.Mesh(East, "name: west, network: n2, controlPlane: east"), Seen([Config("istio")], ("east", Root()), ("west", Root())));
        Assert.Equal(["n1"], Networks(Content(plan)).Select(network => network.Key));
        Assert.Contains(plan.Actions.OfType<PlannedAction.Skipped>(), skip => skip.Reason.Contains("'n2' is left out", StringComparison.Ordinal));
    }

    [Fact]
    public void When_one_network_is_left_the_text_is_as_it_was()
    {
        var before = Content(NetworkPlanner.Plan(Three, Seen([Config("istio")], ("east", Root()), ("west", Root()))));
        var after = Content(NetworkPlanner.Plan(ReaderWorld.Mesh(East, West + ", state: leaving"), Seen([before], ("east", Root()), ("west", Root()))));
        Assert.True(JsonNode.DeepEquals(Config("istio"), after));
    }

    [Fact]
    public void A_cluster_that_gave_up_its_istiod_loses_our_part_and_what_others_wrote_stays()
    {
        var before = Content(NetworkPlanner.Plan(Three, Seen([Config("istio")], ("east", Root()), ("west", Root()))));
        var theirs = Config("istio-other");
        Assert.IsType<JsonObject>(theirs["data"])["meshNetworks"] = "networks: {theirs: {}}";
        var turned = ReaderWorld.Mesh(East + ", controlPlane: west", "name: west, network: n2, gateway: {addresses: [20.0.0.2]}");
        var plan = NetworkPlanner.Plan(turned, Seen([before, theirs], ("east", Root()), ("west", Root())));
        Assert.True(JsonNode.DeepEquals(Config("istio"), Content(plan)));
        Assert.DoesNotContain(plan.Actions, action => action.Id.Name == "istio-other");
    }

    [Fact]
    public void Without_other_control_planes_one_gateway_opens_all_networks()
    {
        var plan = NetworkPlanner.Plan(Three, Seen(("east", Root()), ("west", Root())));
        var gateway = Assert.IsType<PlannedAction.Create>(Find(plan, "east", "Gateway")).Content;
        Assert.Equal("""["*.local"]""", gateway["spec"]?["servers"]?[0]?["hosts"]?.ToJsonString());
        Assert.Equal("AUTO_PASSTHROUGH", ObjectMetadata.TextOf(gateway["spec"]?["servers"]?[0]?["tls"]?["mode"]));
        Assert.Equal("15443", gateway["spec"]?["servers"]?[0]?["port"]?["number"]?.ToJsonString());
    }

    [Fact]
    public void An_equal_gateway_of_somebody_else_does()
    {
        var theirs = Yaml.Read("""
            metadata: {name: cross-network-gateway, namespace: istio-system}
            spec:
              selector: {istio: eastwestgateway}
              servers:
              - port: {number: 15443, name: tls, protocol: TLS}
                tls: {mode: AUTO_PASSTHROUGH}
                hosts: ["*.local"]
            """) as JsonObject ?? [];
        var seen = Seen(("east", Root()), ("west", Root()));
        var views = seen.Clusters.ToDictionary();
        views[new ClusterName("east")] = views[new ClusterName("east")] with { Gateways = [(JsonObject)(JsonNode.Parse(theirs.ToJsonString()) ?? theirs)] };
        var skip = Assert.IsType<PlannedAction.Skipped>(Find(NetworkPlanner.Plan(Three, new NetworkSnapshot(views)), "east", "Gateway"));
        Assert.Contains("cross-network-gateway", skip.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_mixed_mesh_nothing_is_opened_as_a_whole()
    {
        var mixed = ReaderWorld.Mesh(East, West, "name: south, network: n4");
        Assert.DoesNotContain(NetworkPlanner.Plan(mixed, Seen(("east", Root()), ("west", Root()))).Actions, action => action.Id.Kind == ResourceKind.Gateway);
    }

    [Theory]
    [InlineData("", "is not set")]
    [InlineData("{name: ISTIO_META_REQUESTED_NETWORK_VIEW, value: n9}", "is 'n9'")]
    [InlineData("{name: ISTIO_META_REQUESTED_NETWORK_VIEW, value: n2}", null)]
    public void A_gateway_that_sees_other_networks_is_found_and_told_how_to_mend_it(string env, string? reason)
    {
        var pod = Yaml.Read($$"""
            metadata: {name: gw-1, namespace: istio-system}
            spec: {containers: [{name: istio-proxy, env: [{{env}}]}]}
            """) as JsonObject ?? [];
        var seen = Seen(("east", Root()), ("west", Root()));
        var views = seen.Clusters.ToDictionary();
        views[new ClusterName("west")] = views[new ClusterName("west")] with { GatewayPods = [pod] };
        var found = NetworkPlanner.Plan(Three, new NetworkSnapshot(views)).Actions.OfType<PlannedAction.Skipped>().Where(skip => skip.Id.Kind == ResourceKind.Pod).ToList();
        Assert.Equal(reason is not null, found.Count == 1);
        if (reason is not null)
            Assert.Contains(reason, found[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_network_needs_labels_only()
    {
        var plan = NetworkPlanner.Plan(ReaderWorld.Mesh(East, "name: west, network: n1, controlPlane: east"), Seen([Config("istio")], ("east", Root()), ("west", Root())));
        Assert.Equal(["Namespace", "Namespace"], plan.Actions.Where(action => action.IsWrite).Select(action => action.Id.Kind.Kind));
    }

    private static NetworkSnapshot Seen(params (string Cluster, JsonObject? Root)[] clusters) => Seen([], clusters);

    private static NetworkSnapshot Seen(JsonObject[] configMaps, params (string Cluster, JsonObject? Root)[] clusters) => new(clusters.ToDictionary(
        entry => new ClusterName(entry.Cluster),
        entry => new NetworkView { RootNamespace = entry.Root, MeshConfigMaps = entry.Cluster == "east" ? [.. configMaps.Where(NetworkPlanner.IsMeshConfig)] : [] }));

    private static JsonObject Root(string? label = null, string? owned = null) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "istio-system",
            ["labels"] = label is null ? null : new JsonObject { ["topology.istio.io/network"] = label },
            ["annotations"] = owned is null ? null : new JsonObject { ["isthmus.dev/network"] = owned },
        },
    };

    private static JsonObject Config(string name) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "istio-system" },
        ["data"] = new JsonObject { ["mesh"] = "trustDomain: cluster.local\n", ["meshNetworks"] = "networks: {}" },
    };

    private static PlannedAction Find(Plan plan, string cluster, string kind) =>
        Assert.Single(plan.Actions, action => action.Id.Cluster.Value == cluster && action.Id.Kind.Kind == kind);

    private static JsonObject Content(Plan plan) => Assert.IsType<PlannedAction.Replace>(Assert.Single(plan.Actions, action => action.IsWrite && action.Id.Kind == ResourceKind.ConfigMap)).Content;

    private static JsonObject Networks(JsonObject configMap) =>
        Assert.IsType<JsonObject>(Yaml.Read(ObjectMetadata.TextOf(configMap["data"]?["meshNetworks"]) ?? "")?["networks"]);
}
