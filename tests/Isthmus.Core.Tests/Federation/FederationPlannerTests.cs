using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class FederationPlannerTests
{
    private const string Host = "reviews.shop.global";
    private static readonly ServiceName Reviews = new("shop", "reviews");

    [Fact]
    public void An_importer_reaches_the_exporters_gateway_under_the_real_services_sni()
    {
        var world = Exported();
        var entry = world.Spec("east", ResourceKind.ServiceEntry, Host);
        Assert.Equal(
            """[{"address":"2.2.2.2","labels":{"security.istio.io/tlsMode":"istio"},"ports":{"http":15443},"locality":"us"}]""", entry["endpoints"]?.ToJsonString());
        Assert.Equal("""[{"number":9080,"name":"http","protocol":"HTTP"}]""", entry["ports"]?.ToJsonString());
        Assert.Equal(("DNS", "MESH_INTERNAL"), (ObjectMetadata.TextOf(entry["resolution"]), ObjectMetadata.TextOf(entry["location"])));
        var rule = world.Spec("east", ResourceKind.DestinationRule, Host);
        var port = Assert.IsType<JsonObject>(rule["trafficPolicy"]?["portLevelSettings"]?[0]);
        Assert.Equal(
            """{"mode":"ISTIO_MUTUAL","sni":"outbound_.9080_._.reviews.shop.svc.cluster.local","subjectAltNames":["spiffe://cluster.local/ns/shop/sa/reviews"]}""",
            port["tls"]?.ToJsonString());
        Assert.NotNull(port["outlierDetection"]);
    }

    [Fact]
    public void The_exporters_gateway_lists_exactly_the_exports_of_a_namespace()
    {
        var world = Exported();
        world.Export("west", "shop", "ratings");
        world.Export("west", "bank", "pay");
        world.Run();
        var gateway = world.Spec("west", ResourceKind.Gateway, "isthmus-exports-shop");
        Assert.Equal("""["ratings.shop.svc.cluster.local","reviews.shop.svc.cluster.local"]""", gateway["servers"]?[0]?["hosts"]?.ToJsonString());
        Assert.Equal("""{"istio":"eastwestgateway"}""", gateway["selector"]?.ToJsonString());
        Assert.Equal("""{"mode":"AUTO_PASSTHROUGH"}""", gateway["servers"]?[0]?["tls"]?.ToJsonString());
        Assert.NotNull(world.Find("west", ResourceKind.Gateway, "isthmus-exports-bank"));
        Assert.Null(world.Find("east", ResourceKind.Gateway, "isthmus-exports-shop"));
    }

    [Fact]
    public void A_Gateways_name_is_no_longer_than_istiods_webhook_takes_however_long_the_namespace_is()
    {
        var cluster = new ClusterName("west");
        var names = new[] { 47, 48, 63 }.SelectMany(length => new[] { 'a', 'b' }.Select(last => new string('n', length - 1) + last))
            .Select(ns => FederationNames.Gateway(cluster, ns).Name).ToList();
        Assert.All(names, name => Assert.Matches("^isthmus-exports-[a-z0-9-]{0,46}[a-z0-9]$", name));
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal("isthmus-exports-" + new string('n', 46) + "a", names[0]);
    }

    [Fact]
    public void One_names_event_leaves_the_other_names_of_its_gateway_as_they_stand()
    {
        var world = Exported();
        world.Export("west", "shop", "ratings");
        world.Run(new ServiceName("shop", "ratings"));
        Assert.Equal("""["ratings.shop.svc.cluster.local","reviews.shop.svc.cluster.local"]""", Hosts());
        world.Unexport("west", "shop", "ratings");
        world.Unexport("west", "shop", "reviews");
        world.Run(new ServiceName("shop", "ratings"));
        Assert.Equal("""["reviews.shop.svc.cluster.local"]""", Hosts());
        world.Run();
        Assert.Null(world.Find("west", ResourceKind.Gateway, "isthmus-exports-shop"));

        string? Hosts() => world.Spec("west", ResourceKind.Gateway, "isthmus-exports-shop")["servers"]?[0]?["hosts"]?.ToJsonString();
    }

    [Fact]
    public void The_exporter_reaches_its_own_pods_directly_by_the_same_name_and_address()
    {
        var world = Exported();
        var local = world.Spec("west", ResourceKind.ServiceEntry, Host);
        Assert.Equal("reviews.shop.svc.cluster.local", ObjectMetadata.TextOf(local["endpoints"]?[0]?["address"]));
        Assert.Null(local["endpoints"]?[0]?["ports"]);
        Assert.Equal(world.Spec("east", ResourceKind.ServiceEntry, Host)["addresses"]?.ToJsonString(), local["addresses"]?.ToJsonString());
    }

    [Fact]
    public void Every_cluster_resolves_the_name_to_the_same_address()
    {
        var world = Exported();
        var address = ObjectMetadata.TextOf(world.Spec("east", ResourceKind.ServiceEntry, Host)["addresses"]?[0]);
        Assert.All(["east", "north", "west"], cluster => Assert.Contains($"{address} {Host}", world.Corefile(cluster), StringComparison.Ordinal));
    }

    [Fact]
    public void When_a_service_is_no_longer_exported_all_of_it_goes_but_its_address_stays_on_the_service()
    {
        var world = new FederationWorld();
        world.Run();
        var before = world.Ours();
        world.Export("west", "shop", "reviews");
        world.Run(Reviews);
        var service = world.Get("west", ResourceKind.Service, "shop", "reviews");
        var address = service.Annotation(FederationNames.AddressAnnotation);
        Assert.NotNull(address);
        world.Unexport("west", "shop", "reviews");
        world.Run(Reviews);
        Assert.Equal(before, world.Ours());
        service = world.Get("west", ResourceKind.Service, "shop", "reviews");
        Assert.Equal(address, service.Annotation(FederationNames.AddressAnnotation));
        Assert.Null(service.Annotation(FederationNames.ExportedSinceAnnotation));
    }

    [Fact]
    public void Endpoints_get_weights_in_proportion_to_what_is_ready_behind_each_gateway()
    {
        var world = Exported();
        world.Export("north", "shop", "reviews");
        world.Ready("west", "shop", "reviews", 3);
        world.Ready("north", "shop", "reviews", 4);
        world.Run();
        var endpoints = Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]);
        Assert.Equal([("2.2.2.2", 3), ("3.3.3.3", 2), ("gw.north.example.com", 2)], endpoints.Select(endpoint => (ObjectMetadata.TextOf(endpoint?["address"]) ?? "", (int?)endpoint?["weight"] ?? 0)));
    }

    [Fact]
    public void Identities_of_all_exporters_are_accepted_and_never_just_anybody()
    {
        var world = Exported();
        world.Export("north", "shop", "reviews");
        world.Pod("north", "shop", "reviews", "reviews-v2");
        world.Pod("north", "shop", "other", "somebody-else");
        world.Run();
        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/reviews", "spiffe://cluster.local/ns/shop/sa/reviews-v2"], Identities(world));
        world.State.Remove(FederationWorld.Id("north", ResourceKind.Pod, "shop", "reviews-1"));
        world.State.Remove(FederationWorld.Id("west", ResourceKind.Pod, "shop", "reviews-1"));
        world.Run();
        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/default"], Identities(world));
    }

    [Theory]
    [InlineData("trustDomain: west.example.com\n", "west.example.com")]
    [InlineData("enableTracing: true\n", "cluster.local")]
    [InlineData("a: [", "cluster.local")]
    public void Identities_stand_under_the_trust_domain_of_the_exporters_mesh_config(string config, string domain)
    {
        var world = Exported();
        world.Put("west", ResourceKind.ConfigMap, "istio-system", "istio", new JsonObject { ["data"] = new JsonObject { ["mesh"] = config } }.ToJsonString());
        world.Run(Reviews);
        Assert.Equal([$"spiffe://{domain}/ns/shop/sa/reviews"], Identities(world));
    }

    [Fact]
    public void The_oldest_exports_ports_hold_and_every_exporter_concerned_is_told()
    {
        var world = Exported();
        world.Now = world.Now.AddMinutes(1);
        world.Export("north", "shop", "reviews", """[{"name":"tcp","port":9999}]""");
        world.Run();
        Assert.Single(Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]));
        Assert.Contains("which west exported first", Problem(world, "north"), StringComparison.Ordinal);
        Assert.Contains("north", Problem(world, "west"), StringComparison.Ordinal);
        world.Export("north", "shop", "reviews");
        world.Run();
        Assert.Null(Problem(world, "north"));
        Assert.Null(Problem(world, "west"));
    }

    [Fact]
    public void Export_to_limits_who_imports()
    {
        var world = new FederationWorld();
        world.Export("west", "shop", "reviews", exportTo: "north, nowhere");
        world.Run();
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.DoesNotContain(Host, world.Corefile("east"), StringComparison.Ordinal);
        Assert.NotNull(world.Find("north", ResourceKind.ServiceEntry, Host));
        Assert.NotNull(world.Find("west", ResourceKind.ServiceEntry, Host));
        Assert.Contains("nowhere", Problem(world, "west"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", """{"clusterIP":"10.0.0.1","ports":[{"port":80}]}""", "mayExport")]
    [InlineData("kube-system", """{"clusterIP":"10.0.0.1","ports":[{"port":80}]}""", "nothing is exported")]
    [InlineData("shop", """{"type":"ExternalName","externalName":"x.com","ports":[{"port":80}]}""", "ExternalName")]
    [InlineData("shop", """{"clusterIP":"10.0.0.1","ports":[{"port":53,"protocol":"UDP"}]}""", "no TCP port")]
    public void What_may_not_be_exported_is_refused_with_a_reason(string ns, string spec, string reason)
    {
        var world = new FederationWorld();
        world.Put("west", ResourceKind.Service, ns, "reviews", $$$"""{"spec":{{{spec}}}}""", ("isthmus.dev/export", "true"));
        var plan = world.Run();
        Assert.Contains(reason, Assert.Single(plan.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(world.State.Keys, id => id.Kind == ResourceKind.ServiceEntry || id.Kind == ResourceKind.Gateway);
    }

    [Fact]
    public void Nothing_is_withdrawn_because_an_exporter_is_silent()
    {
        var world = Exported();
        world.Export("north", "shop", "reviews");
        world.Run();
        var before = world.Ours();
        world.Silent.Add("west");
        world.Run();
        world.Run(Reviews);
        Assert.Equal(before, world.Ours());
        world.Unexport("north", "shop", "reviews");
        world.Run(Reviews);
        Assert.Equal("2.2.2.2", ObjectMetadata.TextOf(Assert.Single(Assert.IsType<JsonArray>(world.Spec("north", ResourceKind.ServiceEntry, Host)["endpoints"]))?["address"]));
    }

    [Fact]
    public void Records_stay_while_the_control_plane_that_alone_knows_their_names_is_silent()
    {
        var world = new FederationWorld("""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
              mayExport: [shop]
              clusters:
              - {name: east, network: n, access: {kubeconfig: k}, gateway: {addresses: [1.1.1.1]}}
              - {name: west, network: n, controlPlane: east, access: {kubeconfig: k}}
            """);
        world.Export("east", "shop", "reviews");
        world.Run();
        var before = world.Corefile("west");
        Assert.Contains("reviews.shop.global", before, StringComparison.Ordinal);
        world.Silent.Add("east");
        world.Run();
        world.Run(Reviews);
        Assert.Equal(before, world.Corefile("west"));
        world.Silent.Clear();
        world.Unexport("east", "shop", "reviews");
        world.Run();
        Assert.DoesNotContain("reviews.shop.global", world.Corefile("west"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_draining_cluster_serves_only_while_nobody_else_does()
    {
        var world = Exported();
        world.Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument.Replace("network: n-west,", "network: n-west, draining: true,", StringComparison.Ordinal));
        world.Run();
        Assert.Equal("2.2.2.2", Endpoint(world));
        world.Export("north", "shop", "reviews");
        world.Run();
        Assert.Equal("3.3.3.3", Endpoint(world));
    }

    [Fact]
    public void A_leaving_cluster_loses_all_of_ours_and_the_others_lose_it()
    {
        var world = Exported();
        world.Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument.Replace("network: n-west,", "network: n-west, state: leaving,", StringComparison.Ordinal));
        world.Run();
        Assert.DoesNotContain(world.State, entry => Ownership.IsOurs(entry.Value, "m") && (entry.Key.Cluster.Value == "west" || entry.Key.Kind != ResourceKind.ConfigMap));
        Assert.DoesNotContain(Host, world.Corefile("west"), StringComparison.Ordinal);
        Assert.Null(world.Get("west", ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.AddressAnnotation));
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void A_foreign_object_under_our_name_is_left_alone_and_reported()
    {
        var world = new FederationWorld();
        world.Put("east", ResourceKind.ServiceEntry, "isthmus-system", Host, """{"spec":{"hosts":["x"]}}""");
        world.Export("west", "shop", "reviews");
        var plan = world.Run(Reviews);
        Assert.Contains(plan.Actions.OfType<PlannedAction.Skipped>(), skipped => skipped.Id.Kind == ResourceKind.ServiceEntry && skipped.Id.Cluster.Value == "east");
        Assert.Equal("""["x"]""", world.Spec("east", ResourceKind.ServiceEntry, Host)["hosts"]?.ToJsonString());
        Assert.False(world.Plan(Reviews).HasWrites);
    }

    [Theory]
    [InlineData("*.local", true)]
    [InlineData("istio-system/*.local", true)]
    [InlineData("*.example.com", false)]
    public void Where_another_gateway_exposes_everything_none_of_ours_is_made(string host, bool stepsBack)
    {
        var world = new FederationWorld();
        world.Put("west", ResourceKind.Gateway, "istio-system", "cross-network-gateway", $$$"""
            {"spec":{"selector":{"istio":"eastwestgateway"},"servers":[{"port":{"number":15443,"protocol":"TLS"},"tls":{"mode":"AUTO_PASSTHROUGH"},"hosts":["{{{host}}}"]}]}}
            """);
        world.Export("west", "shop", "reviews");
        var plan = world.Run();
        Assert.Equal(stepsBack, world.Find("west", ResourceKind.Gateway, "isthmus-exports-shop") is null);
        Assert.Equal(stepsBack, plan.Actions.OfType<PlannedAction.Skipped>().Any(skipped => skipped.Reason.Contains("exposes everything", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_gateway_that_gets_another_address_is_followed()
    {
        var world = Exported();
        world.Get("west", ResourceKind.Service, "istio-system", "gw")["status"] = JsonNode.Parse("""{"loadBalancer":{"ingress":[{"hostname":"lb.example.com"}]}}""");
        world.Run(Reviews);
        Assert.Equal("lb.example.com", Endpoint(world));
    }

    [Fact]
    public void An_export_behind_a_gateway_without_address_is_told_so_and_imported_nowhere_else()
    {
        var world = Exported();
        world.Get("west", ResourceKind.Service, "istio-system", "gw").Remove("status");
        world.Run();
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.NotNull(world.Find("west", ResourceKind.ServiceEntry, Host));
        Assert.Contains("no gateway with an address", Problem(world, "west"), StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_of_one_control_plane_and_network_are_one_exporter_whose_objects_stand_at_the_control_plane()
    {
        var world = new FederationWorld("""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
              mayExport: ["*"]
              clusters:
              - {name: a, network: n1, access: {kubeconfig: k}, gateway: {addresses: [1.1.1.1]}}
              - {name: b, network: n1, controlPlane: a, access: {kubeconfig: k}, gateway: {addresses: [1.1.1.1]}}
              - {name: c, network: n2, access: {kubeconfig: k}}
            """);
        world.Export("a", "shop", "reviews");
        world.Export("b", "shop", "reviews");
        world.Run();
        Assert.Single(Assert.IsType<JsonArray>(world.Spec("c", ResourceKind.ServiceEntry, Host)["endpoints"]));
        Assert.Equal("reviews.shop.svc.cluster.local", ObjectMetadata.TextOf(Assert.Single(Assert.IsType<JsonArray>(world.Spec("a", ResourceKind.ServiceEntry, Host)["endpoints"]))?["address"]));
        Assert.Null(world.Find("b", ResourceKind.ServiceEntry, Host));
        Assert.NotNull(world.Find("a", ResourceKind.Gateway, "isthmus-exports-shop"));
        Assert.Contains(Host, world.Corefile("b"), StringComparison.Ordinal);
        Assert.False(world.Plan().HasWrites);
    }

    private static FederationWorld Exported()
    {
        var world = new FederationWorld();
        world.Export("west", "shop", "reviews");
        world.Pod("west", "shop", "reviews", "reviews");
        world.Run(Reviews);
        return world;
    }

    private static string? Endpoint(FederationWorld world) =>
        ObjectMetadata.TextOf(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]?[0]?["address"]);

    private static string? Problem(FederationWorld world, string cluster) =>
        world.Get(cluster, ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.ProblemAnnotation);

    private static IEnumerable<string?> Identities(FederationWorld world) =>
        Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.DestinationRule, Host)["trafficPolicy"]?["portLevelSettings"]?[0]?["tls"]?["subjectAltNames"]).Select(ObjectMetadata.TextOf);
}
