using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class NetworkPlannerPropertyTests
{
    private const string East = "name: east, network: n1, gateway: {addresses: [20.0.0.1]}";
    private static readonly ObjectId ConfigMap = new(new ClusterName("east"), ResourceKind.ConfigMap, "istio-system", "istio");
    private static readonly ObjectId Foreign = new(new ClusterName("east"), ResourceKind.Gateway, "isthmus-system", "theirs");

    [Fact]
    public void From_any_state_it_comes_to_rest_whatever_the_order_and_leaves_what_is_not_ours() =>
        Gen.Select(Document, Document, Texts, Choose.Among("", "west", "north"), Choose.Among("", "west", "north")).Sample((before, after, text, silent, keptOut) =>
        {
            var state = Start(text);
            Settle(before, state, "", "");
            var networks = Text(state);
            Settle(after, state, silent, keptOut);
            var isStable = Names(Plan(after, state, silent, keptOut)) == Names(Plan(after, state, silent, keptOut, reversed: true));
            var holdsTheirs = text.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal) || line.StartsWith('#'))
                .All(line => Text(state).Split('\n').Contains(line) && networks.Split('\n').Contains(line));
            Settle(ReaderWorld.Mesh(East), state, "", "");
            return isStable && holdsTheirs && Text(state) == text && JsonNode.DeepEquals(state[Foreign], ForeignGateway());
        }, iter: 500);

    [Fact]
    public void A_cluster_that_is_kept_out_has_no_part_in_its_network()
    {
        var mesh = ReaderWorld.Mesh(
            East, "name: west, network: n1, controlPlane: east, gateway: {addresses: [20.0.0.2]}", "name: north, network: n3, controlPlane: east, gateway: {addresses: [20.0.0.3]}");
        var state = Start("networks: {}");
        Settle(mesh, state, "", "west");
        var network = Assert.IsType<JsonObject>(Yaml.Read(Text(state))?["networks"]?["n1"]);
        Assert.Equal("""{"endpoints":[{"fromRegistry":"east"}],"gateways":[{"address":"20.0.0.1","port":15443}]}""", network.ToJsonString());
    }

    private static Gen<MeshDocument> Document { get; } =
        Gen.Select(Served, Served, Choose.Among(true, false)).Select((west, north, isMixed) => ReaderWorld.Mesh(
            [East, $"name: west, {west}", $"name: north, {north}", .. isMixed ? ["name: south, network: n4"] : Array.Empty<string>()]));

    private static Gen<string> Served =>
        Gen.Select(Choose.Among("n1", "n2", "n3"), Choose.Among("", ", gateway: {addresses: [20.0.0.2]}", ", gateway: {addresses: [20.0.0.3, gw.example.com]}"), Choose.Among("", "", ", state: leaving"))
            .Select((network, gateway, leaving) => $"network: {network}, controlPlane: east{gateway}{leaving}");

    private static Gen<string> Texts => Choose.Among(
        "networks: {}", "networks: {}\n", "# kept by hand\nnetworks:\n  theirs:   {} # with spaces  \n", "# kept by hand\nnetworks:\n  n2: {gateways: [{address: 1.2.3.4, port: 15443}]}\n# the end");

    private static FakeState Start(string text) => new()
    {
        [Root("east")] = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "istio-system", ["labels"] = new JsonObject { ["team"] = "a" } } },
        [ConfigMap] = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "istio", ["namespace"] = "istio-system" },
            ["data"] = new JsonObject { ["mesh"] = "trustDomain: cluster.local\n", ["meshNetworks"] = text },
        },
        [Foreign] = ForeignGateway(),
    };

    private static JsonObject ForeignGateway() => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "theirs", ["namespace"] = "isthmus-system", ["labels"] = new JsonObject { ["isthmus.dev/cross-network"] = "true" } },
        ["spec"] = new JsonObject(),
    };

    private static ObjectId Root(string cluster) => new(new ClusterName(cluster), ResourceKind.Namespace, null, "istio-system");

    private static void Settle(MeshDocument mesh, FakeState state, string silent, string keptOut)
    {
        for (var round = 0; Plan(mesh, state, silent, keptOut) is { HasWrites: true } plan; round++)
        {
            Assert.True(round < 3, Names(plan));
            state.Apply(plan);
        }
    }

    private static Plan Plan(MeshDocument mesh, FakeState state, string silent, string keptOut, bool reversed = false)
    {
        var clusters = mesh.Clusters.Where(cluster => cluster.Name.Value != silent);
        var views = (reversed ? clusters.Reverse() : clusters).ToDictionary(cluster => cluster.Name, cluster => new NetworkView
        {
            RootNamespace = state.GetValueOrDefault(Root(cluster.Name.Value)),
            MeshConfigMaps = Objects(state, cluster, ResourceKind.ConfigMap, reversed),
            Gateways = Objects(state, cluster, ResourceKind.Gateway, reversed),
        });
        return NetworkPlanner.Plan(mesh, new NetworkSnapshot(views) { KeptOut = new HashSet<ClusterName>(keptOut.Length > 0 ? [new ClusterName(keptOut)] : []) });
    }

    private static List<JsonObject> Objects(FakeState state, MeshCluster cluster, ResourceKind kind, bool reversed)
    {
        var found = state.Where(entry => entry.Key.Cluster == cluster.Name && entry.Key.Kind == kind).OrderBy(entry => entry.Key).Select(entry => (JsonObject)entry.Value.DeepClone()).ToList();
        if (reversed)
            found.Reverse();
        return found;
    }

    private static string Text(FakeState state) => ObjectMetadata.TextOf(state[ConfigMap]["data"]?["meshNetworks"]) ?? "";

    private static string Names(Plan plan) => string.Join('\n', plan.Actions.Select(action => $"{action.Id.Cluster} {action.Id} {action.GetType().Name}"));
}
