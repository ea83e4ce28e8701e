using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class TrafficTests
{
    private const string Host = "reviews.shop.global";
    private const string Local = "reviews.shop.svc.cluster.local";

    private const string Document = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          mayExport: [shop, bank]
          clusters:
          - {name: east, network: n-east, region: eu/eu-1, access: {kubeconfig: k}, gateway: {addresses: [1.1.1.1]}}
          - {name: north, network: n-north, region: eu/eu-2, access: {kubeconfig: k}, gateway: {addresses: [3.3.3.3]}}
          - {name: west, network: n-west, region: us, access: {kubeconfig: k}, gateway: {service: istio-system/gw}}
          - {name: far, network: n-far, access: {kubeconfig: k}, gateway: {addresses: [4.4.4.4, "2001:db8::4"]}}
        """;

    // What clients in east may have for a locality: their node's, with any zone, or none where nodes carry no labels.
    private static readonly string[] ClientsInEast = ["eu/eu-1", "eu/eu-3/rack", "eu", ""];

    [Fact]
    public void By_default_all_exporters_share_by_what_is_ready_whatever_their_localities()
    {
        var world = World(null, "east", "north", "west");
        Assert.All(ClientsInEast, client => Assert.Equal([["2.2.2.2", "3.3.3.3", Local]], Priorities(world, client)));
        Assert.Equal("""{"simple":"ROUND_ROBIN","localityLbSetting":{"enabled":false}}""", Port(world)["loadBalancer"]?.ToJsonString());
        Assert.Equal(["eu/eu-1", "us", "eu/eu-2"], Endpoints(world).Select(endpoint => ObjectMetadata.TextOf(endpoint?["locality"])));
    }

    [Fact]
    public void Failover_serves_in_the_clients_own_cluster_then_in_its_region_then_elsewhere()
    {
        var world = World("failover", "east", "north", "west", "far");
        Assert.Equal([[Local], ["3.3.3.3"], ["2.2.2.2", "4.4.4.4"]], Priorities(world, "eu/eu-1"));
        Assert.Equal([[Local], ["3.3.3.3"], ["2.2.2.2", "4.4.4.4"]], Priorities(world, "eu/eu-3/rack"));
        // A client whose node has no labels has no region: its own cluster still comes first.
        Assert.Equal([[Local], ["2.2.2.2", "3.3.3.3", "4.4.4.4"]], Priorities(world, ""));
    }

    [Fact]
    public void Failover_without_an_export_of_ones_own_begins_in_the_region()
    {
        var world = World("failover", "north", "west");
        Assert.All(ClientsInEast, client => Assert.Equal([["3.3.3.3"], ["2.2.2.2"]], Priorities(world, client)));
        Assert.Equal(["us", "eu/eu-2"], Endpoints(world).Select(endpoint => ObjectMetadata.TextOf(endpoint?["locality"])).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void Active_passive_serves_from_the_oldest_export_alone_and_the_others_stand_by_by_age()
    {
        var world = World("active-passive", "west", "east", "north");
        Assert.Equal([["2.2.2.2"], [Local], ["3.3.3.3"]], Priorities(world, "eu/eu-1"));
        Assert.All(ClientsInEast, client => Assert.Equal(["2.2.2.2"], Priorities(world, client)[0]));
    }

    [Fact]
    public void Primary_clusters_serve_first_under_active_passive()
    {
        var world = World("active-passive", "west", "east", "north");
        Annotate(world, "west", FederationNames.PrimaryAnnotation, "north, east");
        world.Run();
        Assert.All(ClientsInEast, client => Assert.Equal([["3.3.3.3", Local], ["2.2.2.2"]], Priorities(world, client)));
    }

    [Fact]
    public void Where_the_clients_region_is_not_known_the_first_choice_alone_is_written_and_told()
    {
        var world = World("failover", "far", "west");
        Assert.Equal([[Local]], Priorities(world, "anywhere", "far"));
        Assert.Contains("gives far no region", Problem(world, "west"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_export_that_asks_for_anything_is_heard_and_the_others_are_told()
    {
        var world = World(null, "west", "north", "east");
        Annotate(world, "north", FederationNames.TrafficAnnotation, "failover");
        Annotate(world, "east", FederationNames.TrafficAnnotation, "active-passive");
        world.Run();
        Assert.Equal([[Local], ["3.3.3.3"], ["2.2.2.2"]], Priorities(world, "eu"));
        Assert.Contains("differs from that of north", Problem(world, "east"), StringComparison.Ordinal);
        Assert.DoesNotContain("differs", Problem(world, "north") ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FederationNames.OnLossAnnotation, "drop", "keep, withdraw, withdraw-if-elsewhere")]
    [InlineData(FederationNames.TrafficAnnotation, "random", "active-passive, failover, proportional")]
    [InlineData(FederationNames.PrimaryAnnotation, "nowhere", "no cluster of the mesh: nowhere")]
    [InlineData(FederationNames.PrimaryAnnotation, "west", "counts only beside")]
    public void A_bad_annotation_is_told_and_counts_as_absent(string annotation, string value, string reason)
    {
        var world = World(null, "west", "north");
        var before = world.Ours();
        Annotate(world, "west", annotation, value);
        world.Run();
        Assert.Contains(reason, Problem(world, "west"), StringComparison.Ordinal);
        if (annotation != FederationNames.PrimaryAnnotation)
            Assert.Equal(before, world.Ours());
    }

    [Theory]
    [InlineData("keep", "2.2.2.2 3.3.3.3")]
    [InlineData("withdraw", "3.3.3.3")]
    [InlineData("withdraw-if-elsewhere", "3.3.3.3")]
    public void An_exporter_without_ready_endpoints_stays_or_goes_by_its_own_policy(string policy, string expected)
    {
        var world = World(null, "west", "north");
        Annotate(world, "west", FederationNames.OnLossAnnotation, policy);
        world.Ready("west", "shop", "reviews", 0);
        world.Run();
        Assert.Equal(expected, string.Join(' ', Priorities(world, "eu").SelectMany(tier => tier)));
    }

    [Theory]
    [InlineData("keep", 1)]
    [InlineData("withdraw", 0)]
    [InlineData("withdraw-if-elsewhere", 1)]
    public void The_last_exporter_goes_only_where_its_policy_says_so_and_the_name_is_remembered(string policy, int endpoints)
    {
        var world = World(null, "west");
        Annotate(world, "west", FederationNames.OnLossAnnotation, policy);
        world.Ready("west", "shop", "reviews", 0);
        world.Run();
        var entry = world.Spec("east", ResourceKind.ServiceEntry, Host);
        Assert.Equal(endpoints, (entry["endpoints"] as JsonArray)?.Count ?? 0);
        Assert.Contains(Host, world.Corefile("east"), StringComparison.Ordinal);
        Assert.Equal(endpoints == 0 ? "STATIC" : "DNS", ObjectMetadata.TextOf(entry["resolution"]));
        world.Silent.Add("west");
        world.Run();
        Assert.Contains("\"west\"", world.Find("east", ResourceKind.ServiceEntry, Host)?.Annotation(FederationNames.ExportersAnnotation), StringComparison.Ordinal);
    }

    [Fact]
    public void Draining_moves_traffic_off_by_the_document_alone_and_says_where_it_cannot()
    {
        var world = World(null, "west", "north");
        world.Mesh = FederationWorld.Parse(Document.Replace("network: n-west,", "network: n-west, draining: true,", StringComparison.Ordinal));
        world.Run();
        Assert.All(["east", "north", "west"], cluster => Assert.DoesNotContain("2.2.2.2", world.Spec(cluster, ResourceKind.ServiceEntry, Host).ToJsonString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Local, world.Spec("west", ResourceKind.ServiceEntry, Host)["endpoints"]?.ToJsonString() ?? "", StringComparison.Ordinal);
        Assert.Null(Problem(world, "west"));
        world.Ready("north", "shop", "reviews", 0);
        world.Run();
        Assert.Equal([["2.2.2.2"]], Priorities(world, "eu"));
        Assert.Contains("nobody can serve elsewhere (north)", Problem(world, "west"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_address_families_importers_get_the_one_that_their_pods_reach()
    {
        var world = World(null, "far");
        Assert.Equal([["4.4.4.4"]], Priorities(world, "eu"));
        world.Mesh = FederationWorld.Parse(Document.Replace("network: n-east,", "network: n-east, podCidrs: [\"fd00::/64\"],", StringComparison.Ordinal));
        world.Run();
        Assert.Equal([["2001:db8::4"]], Priorities(world, "eu"));
    }

    [Fact]
    public void An_order_never_mixes_tiers_for_any_client_of_a_known_region() =>
        Gen.Select(Gen.Shuffle(new[] { "east", "north", "west", "far" }), Gen.Int[1, 4], Choose.Among(["failover", "active-passive"]), Choose.Among(ClientsInEast)).Sample((order, count, share, client) =>
        {
            var world = World(share, order[..count]);
            var first = Priorities(world, client)[0];
            var wanted = share == "active-passive" ? order[0]
                : order.Take(count).Contains("east") ? "east" : order.Take(count).Contains("north") ? "north" : null;
            var address = wanted switch { "east" => Local, "north" => "3.3.3.3", "west" => "2.2.2.2", "far" => "4.4.4.4", _ => null };
            return (address is null || (first.Count == 1 && first[0] == address)) && !world.Plan().HasWrites;
        }, iter: 100);

    // Exporters in the order of their age, each with one ready endpoint.
    private static FederationWorld World(string? traffic, params string[] exporters)
    {
        var world = new FederationWorld(Document);
        foreach (var cluster in exporters)
        {
            world.Export(cluster, "shop", "reviews");
            world.Ready(cluster, "shop", "reviews", 1);
            if (traffic is not null)
                Annotate(world, cluster, FederationNames.TrafficAnnotation, traffic);
            world.Run();
            world.Now = world.Now.AddMinutes(1);
        }

        return world;
    }

    private static void Annotate(FederationWorld world, string cluster, string key, string value)
    {
        var metadata = Assert.IsType<JsonObject>(world.Get(cluster, ResourceKind.Service, "shop", "reviews")["metadata"]);
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations[key] = value;
    }

    private static IReadOnlyList<IReadOnlyList<string>> Priorities(FederationWorld world, string client, string importer = "east") =>
        IstioPriorities.Of(world.Spec(importer, ResourceKind.ServiceEntry, Host), world.Spec(importer, ResourceKind.DestinationRule, Host), client);

    private static JsonArray Endpoints(FederationWorld world) => Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]);

    private static JsonObject Port(FederationWorld world) =>
        Assert.IsType<JsonObject>(world.Spec("east", ResourceKind.DestinationRule, Host)["trafficPolicy"]?["portLevelSettings"]?[0]);

    private static string? Problem(FederationWorld world, string cluster) =>
        world.Get(cluster, ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.ProblemAnnotation);
}
