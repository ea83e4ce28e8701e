using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class MirrorPlannerTests
{
    private const string East = "name: east, network: n1";
    private const string West = "name: west, network: n1, controlPlane: east";
    private static readonly MeshDocument Mesh = ReaderWorld.Mesh(East, West, "name: north, network: n3, controlPlane: east", "name: south, network: n4");

    [Fact]
    public void A_service_of_one_cluster_is_mirrored_without_selector_under_the_same_control_plane_only()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews", "type: LoadBalancer, clusterIP: 10.0.0.9, ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30001, appProtocol: http}]");
        world.Settle(Mesh);
        Assert.Equal(["east", "north", "west"], world.State.Keys.Select(id => id.Cluster.Value).Order());
        var mirror = world.State[MirrorWorld.Id("east", "reviews")];
        Assert.Equal("""{"type":"ClusterIP","ports":[{"name":"http","port":80,"protocol":"TCP","appProtocol":"http"}]}""", mirror["spec"]?.ToJsonString());
        Assert.True(Ownership.IsOurs(mirror, "m"));
    }

    [Fact]
    public void A_mirror_keeps_in_step_with_the_ports()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(Mesh);
        world.Add("west", "reviews", "ports: [{name: a, port: 80}, {name: b, port: 81, protocol: UDP}]");
        world.Settle(Mesh);
        Assert.Equal(2, world.State[MirrorWorld.Id("east", "reviews")]["spec"]?["ports"]?.AsArray().Count);
    }

    [Fact]
    public void A_mirror_has_the_settings_that_istiod_goes_by_and_no_label_of_anybody()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews", "trafficDistribution: PreferClose, internalTrafficPolicy: Local, publishNotReadyAddresses: true, ports: [{port: 80}]");
        Metadata(world, "west")["annotations"] = new JsonObject { ["networking.istio.io/exportTo"] = ".", ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" };
        Metadata(world, "west")["labels"] = new JsonObject { ["istio.io/use-waypoint"] = "wp", ["topology.istio.io/network"] = "n1", ["app.kubernetes.io/instance"] = "argo", ["isthmus.dev/export"] = "true" };
        world.Settle(Mesh);
        var mirror = world.State[MirrorWorld.Id("east", "reviews")];
        Assert.Equal(
            ["isthmus.dev/mirror-of", "networking.istio.io/exportTo", "networking.istio.io/traffic-distribution"],
            Assert.IsType<JsonObject>(mirror["metadata"]?["annotations"]).Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal("PreferClose", mirror.Annotation("networking.istio.io/traffic-distribution"));
        Assert.Equal(
            ["app.kubernetes.io/managed-by", "isthmus.dev/mesh", "isthmus.dev/mirror", "istio.io/use-waypoint"],
            Assert.IsType<JsonObject>(mirror["metadata"]?["labels"]).Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""{"type":"ClusterIP","ports":[{"port":80,"protocol":"TCP"}],"internalTrafficPolicy":"Local","publishNotReadyAddresses":true}""", mirror["spec"]?.ToJsonString());

        // The source goes back to what is usual, and so does the mirror; what others put on it stays.
        Metadata(world, "east")["annotations"]?.AsObject().Add("team", "a");
        world.Add("west", "reviews", "internalTrafficPolicy: Cluster, ports: [{port: 80}]");
        world.Settle(Mesh);
        mirror = world.State[MirrorWorld.Id("east", "reviews")];
        Assert.Equal("""{"type":"ClusterIP","ports":[{"port":80,"protocol":"TCP"}],"internalTrafficPolicy":"Cluster","publishNotReadyAddresses":false}""", mirror["spec"]?.ToJsonString());
        Assert.Equal(["isthmus.dev/mirror-of", "team"], Assert.IsType<JsonObject>(mirror["metadata"]?["annotations"]).Select(entry => entry.Key).Order(StringComparer.Ordinal));
    }

    private static JsonObject Metadata(MirrorWorld world, string cluster) => Assert.IsType<JsonObject>(world.State[MirrorWorld.Id(cluster, "reviews")]["metadata"]);

    [Fact]
    public void What_the_server_adds_to_a_mirror_is_no_change()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(Mesh);
        var spec = Assert.IsType<JsonObject>(world.State[MirrorWorld.Id("east", "reviews")]["spec"]);
        spec["clusterIP"] = "10.0.0.1";
        Assert.IsType<JsonObject>(spec["ports"]?[0])["targetPort"] = 80;
        Assert.False(world.Plan(Mesh).HasWrites);
    }

    [Fact]
    public void A_real_service_comes_first_and_when_the_last_one_goes_so_do_the_mirrors()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(Mesh);
        // kubectl apply onto the mirror: it has a selector now, and our labels still.
        Assert.IsType<JsonObject>(world.State[MirrorWorld.Id("east", "reviews")]["spec"])["selector"] = new JsonObject { ["app"] = "reviews" };
        world.Settle(Mesh);
        var taken = world.State[MirrorWorld.Id("east", "reviews")];
        Assert.Null(taken.Label(Ownership.ManagedByLabel));
        Assert.Null(taken.Label("isthmus.dev/mirror"));
        Assert.NotNull(taken["spec"]?["selector"]);
        world.State.Remove(MirrorWorld.Id("west", "reviews"));
        world.State.Remove(MirrorWorld.Id("east", "reviews"));
        world.Settle(Mesh);
        Assert.Empty(world.State);
    }

    [Fact]
    public void Mirrors_do_not_keep_each_other_alive()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(Mesh);
        world.State.Remove(MirrorWorld.Id("west", "reviews"));
        world.Settle(Mesh);
        Assert.Empty(world.State);
    }

    [Theory]
    [InlineData("kube-dns", "ports: [{port: 53}]", "kube-system")]
    [InlineData("kubernetes", "ports: [{port: 443}]", "default")]
    [InlineData("outside", "type: ExternalName, externalName: example.com", "shop")]
    [InlineData("headless", "clusterIP: None, ports: [{port: 80}]", "shop")]
    public void Some_services_are_not_mirrored(string name, string spec, string ns)
    {
        var world = new MirrorWorld();
        world.Add("west", name, spec, ns);
        world.Settle(Mesh);
        Assert.Single(world.State);
    }

    [Fact]
    public void A_headless_service_is_named_with_what_to_do()
    {
        var world = new MirrorWorld();
        world.Add("west", "db", "clusterIP: None, ports: [{port: 3306}]");
        Assert.All(world.Settle(Mesh).Actions, action => Assert.Contains("dns: sidecar", Assert.IsType<PlannedAction.Skipped>(action).Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void The_gateways_own_service_is_not_mirrored()
    {
        var world = new MirrorWorld();
        world.Add("west", "gw");
        world.Settle(ReaderWorld.Mesh(East, West + ", gateway: {service: shop/gw}"));
        Assert.Single(world.State);
    }

    [Fact]
    public void Where_istios_dns_proxy_answers_there_are_no_mirrors()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(ReaderWorld.Mesh(East, West));
        Assert.Equal(2, world.State.Count);
        world.Settle(ReaderWorld.Mesh(East + ", dns: sidecar", West));
        Assert.Single(world.State);
    }

    [Fact]
    public void A_missing_namespace_is_named()
    {
        var world = new MirrorWorld { Namespaces = { ["east"] = ["other"] } };
        world.Add("west", "reviews");
        var plan = world.Settle(ReaderWorld.Mesh(East, West));
        Assert.Equal("shop", Assert.Single(plan.Actions.OfType<PlannedAction.Skipped>()).Id.Name);
    }

    [Fact]
    public void A_cluster_that_leaves_keeps_none_and_the_others_forget_its_services()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Add("east", "ratings");
        var mesh = ReaderWorld.Mesh(East, West);
        world.Settle(mesh);
        Assert.Equal(4, world.State.Count);
        world.Settle(ReaderWorld.Mesh(East, West + ", state: leaving"));
        Assert.Equal(2, world.State.Count);
    }

    [Fact]
    public void One_name_with_other_ports_in_two_clusters_is_named_in_both()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews", "ports: [{name: http, port: 80}, {port: 81}]");
        world.Add("east", "reviews", "ports: [{name: web, port: 80, targetPort: 8080}, {port: 82}]");
        world.Add("west", "ratings", "ports: [{port: 80}]");
        world.Add("east", "ratings", "ports: [{port: 80, protocol: TCP}]");
        var skipped = world.Settle(ReaderWorld.Mesh(East, West)).Actions.OfType<PlannedAction.Skipped>().ToList();
        Assert.Equal(["east reviews", "west reviews"], skipped.Select(skip => $"{skip.Id.Cluster} {skip.Id.Name}"));
        Assert.Contains("clusters east and west have it with other ports (80/TCP, 82/TCP; 80/TCP, 81/TCP)", skipped[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirror_of_another_mesh_is_a_clash()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(ReaderWorld.Mesh(East, West));
        Assert.IsType<JsonObject>(world.State[MirrorWorld.Id("east", "reviews")]["metadata"]?["labels"])["isthmus.dev/mesh"] = "other";
        var rest = world.Settle(ReaderWorld.Mesh(East, West));
        Assert.Contains("belongs to mesh 'other'", Assert.Single(rest.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
        Assert.Equal("other", world.State[MirrorWorld.Id("east", "reviews")].Label("isthmus.dev/mesh"));
    }

    [Fact]
    public void A_foreign_service_with_our_mirrors_name_is_never_touched()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Add("east", "reviews", "ports: [{port: 81}]");
        Assert.DoesNotContain(world.Plan(Mesh).Actions, action => action.IsWrite && action.Id.Cluster.Value is "east" or "west");
    }

    [Fact]
    public void Between_a_cluster_that_is_kept_out_and_the_others_no_mirror_begins()
    {
        var world = new MirrorWorld { KeptOut = { new ClusterName("west") } };
        world.Add("west", "reviews");
        world.Add("north", "ratings");
        world.Settle(Mesh);
        Assert.Equal([MirrorWorld.Id("east", "ratings")], world.State.Keys.Where(id => world.State[id].Label("isthmus.dev/mirror") is not null));
    }

    [Fact]
    public void A_mirror_of_a_cluster_that_is_kept_out_stays_in_use_until_another_one_can_serve_or_its_service_goes()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Settle(Mesh);
        world.KeptOut.Add(new ClusterName("west"));
        world.Settle(Mesh);
        Assert.Equal("west", world.State[MirrorWorld.Id("east", "reviews")].Annotation("isthmus.dev/mirror-of"));
        world.State.Remove(MirrorWorld.Id("north", "reviews"));
        world.Add("north", "reviews");
        world.Settle(Mesh);
        Assert.Equal("north", world.State[MirrorWorld.Id("east", "reviews")].Annotation("isthmus.dev/mirror-of"));
        world.State.Remove(MirrorWorld.Id("west", "reviews"));
        world.State.Remove(MirrorWorld.Id("north", "reviews"));
        world.Settle(Mesh);
        Assert.Empty(world.State);
    }

    [Fact]
    public void From_any_state_it_comes_to_rest_whatever_the_order_and_silence_withdraws_nothing() =>
        Gen.Select(Services, Services, Choose.Among("", "east", "west", "north"), Choose.Among("", ", dns: sidecar", ", state: leaving"), Choose.Among("", "west", "north")).Sample((before, after, silent, west, keptOut) =>
        {
            var world = Fill(new MirrorWorld(), before);
            world.Settle(Mesh);
            foreach (var id in world.State.Where(entry => entry.Value.Label("isthmus.dev/mirror") is null).Select(entry => entry.Key).ToList())
                world.State.Remove(id);
            Fill(world, after);
            if (silent.Length > 0)
                world.Silent.Add(silent);
            if (keptOut.Length > 0)
                world.KeptOut.Add(new ClusterName(keptOut));
            var real = world.State.Where(entry => entry.Value.Label("isthmus.dev/mirror") is null).ToDictionary(entry => entry.Key, entry => entry.Value.ToJsonString());
            var mirrored = world.State.Where(entry => entry.Value.Annotation("isthmus.dev/mirror-of") == silent && entry.Key.Cluster.Value != "west").Select(entry => entry.Key).ToList();
            var mesh = ReaderWorld.Mesh(East, West + west, "name: north, network: n3, controlPlane: east", "name: south, network: n4");
            world.Settle(mesh);
            return Text(world.Plan(mesh)) == Text(world.Plan(mesh, reversed: true))
                && real.All(entry => world.State[entry.Key].ToJsonString() == entry.Value)
                && (west.Contains("leaving", StringComparison.Ordinal) || mirrored.TrueForAll(world.State.ContainsKey));
        }, iter: 1000);

    [Fact]
    public void A_run_for_one_name_leaves_the_others_alone()
    {
        var world = new MirrorWorld();
        world.Add("west", "reviews");
        world.Add("west", "ratings");
        var plan = world.Plan(Mesh, FederationScope.Of(new ServiceName("shop", "ratings")));
        Assert.All(plan.Actions, action => Assert.Equal("ratings", action.Id.Name));
        Assert.Equal(2, plan.Actions.Length);
    }

    private static MirrorWorld Fill(MirrorWorld world, (string Cluster, string Name, int Port)[] services)
    {
        foreach (var (cluster, name, port) in services)
            world.Add(cluster, name, $"ports: [{{port: {port}}}]");
        return world;
    }

    private static Gen<(string Cluster, string Name, int Port)[]> Services { get; } =
        Gen.Select(Choose.Among("east", "west", "north", "south"), Choose.Among("a", "b"), Gen.Int[80, 82]).Array[0, 5];

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => $"{action.Id.Cluster} {action.Id} {action.GetType().Name}"));
}
