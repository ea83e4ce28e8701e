using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class HeadlessServiceTests
{
    private const string Host = "mysql.shop.global";
    private const string Pod0 = "mysql-0.mysql.shop.global";
    private const string Pod1 = "mysql-1.mysql.shop.global";
    private static readonly ServiceName Mysql = new("shop", "mysql");

    [Fact]
    public void Each_pod_has_a_name_and_address_of_its_own_whose_SNI_names_the_pod()
    {
        var world = Exported("mysql-0", "mysql-1");
        var entry = world.Spec("east", ResourceKind.ServiceEntry, Pod0);
        Assert.Equal($"""["{Pod0}"]""", entry["hosts"]?.ToJsonString());
        Assert.Equal("""[{"address":"2.2.2.2","labels":{"security.istio.io/tlsMode":"istio"},"ports":{"tcp":15443}}]""", entry["endpoints"]?.ToJsonString());
        Assert.Equal(
            """{"mode":"ISTIO_MUTUAL","sni":"outbound_.3306_.mysql-0_.mysql.shop.svc.cluster.local","subjectAltNames":["spiffe://cluster.local/ns/shop/sa/db"]}""",
            world.Spec("east", ResourceKind.DestinationRule, Pod0)["trafficPolicy"]?["portLevelSettings"]?[0]?["tls"]?.ToJsonString());
        var addresses = new[] { Host, Pod0, Pod1 }.Select(host => world.Spec("east", ResourceKind.ServiceEntry, host)["addresses"]?.ToJsonString()).ToList();
        Assert.Equal(3, addresses.Distinct().Count());
        Assert.All(["east", "north", "west"], cluster => Assert.Contains($" {Pod1}", world.Corefile(cluster), StringComparison.Ordinal));
    }

    [Fact]
    public void The_exporters_gateway_tells_the_pods_apart_by_subsets_that_nobody_else_sees()
    {
        var world = Exported("mysql-0", "mysql-1");
        var rule = world.Get("west", ResourceKind.DestinationRule, "istio-system", "isthmus-pods.mysql.shop");
        Assert.Equal(
            """{"host":"mysql.shop.svc.cluster.local","exportTo":["."],"subsets":[{"name":"mysql-0","labels":{"statefulset.kubernetes.io/pod-name":"mysql-0"}},{"name":"mysql-1","labels":{"statefulset.kubernetes.io/pod-name":"mysql-1"}}]}""",
            rule["spec"]?.ToJsonString());
        Assert.DoesNotContain(world.State.Keys, id => id.Cluster.Value == "east" && id.Namespace == "istio-system" && id.Kind == ResourceKind.DestinationRule);
        Assert.Equal("mysql-0.mysql.shop.svc.cluster.local", ObjectMetadata.TextOf(world.Spec("west", ResourceKind.ServiceEntry, Pod0)["endpoints"]?[0]?["address"]));
    }

    [Theory]
    [InlineData("", "2.2.2.2")]
    [InlineData(" podCidrs: [\"fd00::/64\"],", "2001:db8::2")]
    public void A_pod_is_reached_by_the_address_family_and_network_that_its_service_is_reached_by(string pods, string address)
    {
        var world = new FederationWorld
        {
            Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument
                .Replace("network: n-east,", $"network: n-east,{pods}", StringComparison.Ordinal)
                .Replace("network: n-north,", "network: n-north, controlPlane: east,", StringComparison.Ordinal)
                .Replace("gateway: {service: istio-system/gw}", "gateway: {addresses: [2.2.2.2, \"2001:db8::2\"]}", StringComparison.Ordinal)),
        };
        world.Headless("west", "shop", "mysql", "mysql-0");
        world.Run();
        foreach (var host in new[] { Host, Pod0 })
        {
            var endpoint = Assert.Single(Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, host)["endpoints"]));
            Assert.Equal(address, ObjectMetadata.TextOf(endpoint?["address"]));
            Assert.Equal("n-west", ObjectMetadata.TextOf(endpoint?["network"]));
        }
    }

    [Fact]
    public void Pods_that_come_and_go_are_followed_and_a_pod_that_comes_back_has_its_address_again()
    {
        var world = Exported("mysql-0", "mysql-1");
        var address = world.Spec("east", ResourceKind.ServiceEntry, Pod1)["addresses"]?.ToJsonString();
        world.Headless("west", "shop", "mysql", "mysql-0");
        world.Run(Mysql);
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Pod1));
        Assert.DoesNotContain("mysql-1", world.Get("west", ResourceKind.DestinationRule, "istio-system", "isthmus-pods.mysql.shop")["spec"]?.ToJsonString(), StringComparison.Ordinal);
        Assert.False(world.Plan(Mysql).HasWrites);
        world.Headless("west", "shop", "mysql", "mysql-0", "mysql-1", "mysql-2");
        world.Run(Mysql);
        Assert.Equal(address, world.Spec("east", ResourceKind.ServiceEntry, Pod1)["addresses"]?.ToJsonString());
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, "mysql-2.mysql.shop.global"));
    }

    [Theory]
    [InlineData("""{"hostname":"mysql-0","targetRef":{"kind":"Pod","name":"mysql-0"},"conditions":{"ready":false}}""", false)]
    [InlineData("""{"hostname":"mysql-0","targetRef":{"kind":"Pod","name":"mysql-0"}}""", true)]
    [InlineData("""{"targetRef":{"kind":"Pod","name":"mysql-0"},"conditions":{"ready":true}}""", false)]
    [InlineData("""{"hostname":"other","targetRef":{"kind":"Pod","name":"mysql-0"},"conditions":{"ready":true}}""", false)]
    public void A_pod_has_a_name_where_Kubernetes_own_DNS_gives_it_one(string endpoint, bool hasName)
    {
        var world = new FederationWorld();
        world.Headless("west", "shop", "mysql", "mysql-0");
        world.Get("west", ResourceKind.EndpointSlice, "shop", "mysql-x")["endpoints"] = new JsonArray(JsonNode.Parse(endpoint));
        world.Run();
        Assert.Equal(hasName, world.Find("east", ResourceKind.ServiceEntry, Pod0) is not null);
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
    }

    [Fact]
    public void A_pod_that_no_StatefulSet_made_cannot_be_told_apart_and_its_user_is_told_so()
    {
        var world = new FederationWorld();
        world.Headless("west", "shop", "mysql", "mysql-0");
        world.Put("west", ResourceKind.Pod, "shop", "mysql-0", """{"spec":{"serviceAccountName":"db"}}""", ("app", "x"));
        world.Run();
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Pod0));
        Assert.Contains("pods mysql-0 get no names", Problem(world, "west"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pods_name_belongs_to_the_oldest_export_and_both_are_told()
    {
        var world = Exported("mysql-0");
        world.Now = world.Now.AddMinutes(1);
        world.Headless("north", "shop", "mysql", "mysql-0", "mysql-1");
        world.Run();
        Assert.Equal("2.2.2.2", ObjectMetadata.TextOf(world.Spec("east", ResourceKind.ServiceEntry, Pod0)["endpoints"]?[0]?["address"]));
        Assert.Equal("3.3.3.3", ObjectMetadata.TextOf(world.Spec("east", ResourceKind.ServiceEntry, Pod1)["endpoints"]?[0]?["address"]));
        Assert.Equal(3, Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]).Count);
        Assert.All(["north", "west"], cluster => Assert.Contains("pods mysql-0 lead to west, which exported first, and not to north", Problem(world, cluster), StringComparison.Ordinal));
        world.Unexport("west", "shop", "mysql");
        world.Run();
        Assert.Equal("3.3.3.3", ObjectMetadata.TextOf(world.Spec("east", ResourceKind.ServiceEntry, Pod0)["endpoints"]?[0]?["address"]));
        Assert.Null(Problem(world, "north"));
    }

    [Fact]
    public void A_headless_and_a_ClusterIP_service_do_not_share_a_name()
    {
        var world = Exported("mysql-0");
        world.Now = world.Now.AddMinutes(1);
        world.Export("north", "shop", "mysql", """[{"name":"tcp","port":3306}]""");
        world.Run();
        Assert.Contains("left out: its type is ClusterIP and not headless, which west exported first", Problem(world, "north"), StringComparison.Ordinal);
        Assert.Single(Assert.IsType<JsonArray>(world.Spec("east", ResourceKind.ServiceEntry, Host)["endpoints"]));
    }

    [Fact]
    public void A_silent_exporter_keeps_its_pods_names()
    {
        var world = Exported("mysql-0", "mysql-1");
        var before = world.Ours();
        world.Silent.Add("west");
        world.Run(Mysql);
        world.Run();
        Assert.Equal(before, world.Ours());
    }

    [Fact]
    public void An_unexported_headless_service_leaves_nothing_but_addresses_at_rest_for_ten_minutes()
    {
        var world = new FederationWorld();
        world.Run();
        var before = world.Ours();
        world.Headless("west", "shop", "mysql", "mysql-0", "mysql-1");
        world.Run();
        world.Unexport("west", "shop", "mysql");
        var plan = world.Run(Mysql);
        Assert.Equal(before, world.Ours());
        // The objects of the service's own name go last, since they tell that there may be more.
        var deleted = plan.Actions.OfType<PlannedAction.Delete>().Where(action => action.Id.Cluster.Value == "east" && action.Id.Kind == ResourceKind.DestinationRule).ToList();
        Assert.Equal(Host, deleted[^1].Id.Name);
        Assert.Equal(9, Resting(world));
        Assert.False(world.Plan().HasWrites);
        world.Now = world.Now.AddMinutes(11);
        world.Run();
        Assert.Equal(0, Resting(world));
    }

    [Fact]
    public void A_service_that_is_no_longer_headless_loses_its_pods_names()
    {
        var world = Exported("mysql-0");
        world.Export("west", "shop", "mysql", """[{"name":"tcp","port":3306}]""");
        world.Run(Mysql);
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Pod0));
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.Null(world.Get("west", ResourceKind.ServiceEntry, "isthmus-system", Host).Label(FederationNames.HeadlessLabel));
        Assert.DoesNotContain(world.State.Keys, id => id.Name.StartsWith("isthmus-pods", StringComparison.Ordinal));
    }

    [Fact]
    public void A_range_that_is_narrowed_moves_what_lies_outside_and_says_so()
    {
        var world = Exported("mysql-0");
        world.Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument.Replace("mayExport:", "addressRange: 250.1.0.0/24\n  mayExport:", StringComparison.Ordinal));
        var plan = world.Run();
        Assert.Contains(plan.Actions.OfType<PlannedAction.Skipped>(), note => note.Reason.Contains($"{Pod0} moves to 250.1.0.", StringComparison.Ordinal) && note.Reason.Contains("outside", StringComparison.Ordinal));
        Assert.StartsWith("[\"250.1.0.", world.Spec("east", ResourceKind.ServiceEntry, Pod0)["addresses"]?.ToJsonString(), StringComparison.Ordinal);
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void A_freed_address_is_not_given_to_another_name_while_it_rests()
    {
        // Two addresses: whoever comes second would take the first one's at once.
        var world = new FederationWorld(FederationWorld.DefaultDocument.Replace("mayExport:", "addressRange: 250.1.0.0/30\n  mayExport:", StringComparison.Ordinal));
        world.Export("west", "shop", "a");
        world.Export("west", "shop", "b");
        world.Run();
        world.State.Remove(FederationWorld.Id("west", ResourceKind.Service, "shop", "a"));
        world.Run(new ServiceName("shop", "a"));
        world.Export("west", "shop", "c");
        world.Run(new ServiceName("shop", "c"));
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, "c.shop.global"));
        Assert.Contains("addressRange 250.1.0.0/30, which holds 2 names", world.Get("west", ResourceKind.Service, "shop", "c").Annotation(FederationNames.ProblemAnnotation), StringComparison.Ordinal);
        world.Now = world.Now.AddMinutes(10);
        world.Run(new ServiceName("shop", "c"));
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, "c.shop.global"));
    }

    private static FederationWorld Exported(params string[] pods)
    {
        var world = new FederationWorld();
        world.Headless("west", "shop", "mysql", pods);
        world.Run();
        Assert.False(world.Plan().HasWrites);
        return world;
    }

    private static int Resting(FederationWorld world) => world.State.Values.Count(obj => obj.Label(FederationNames.RestingLabel) is not null);

    private static string? Problem(FederationWorld world, string cluster) =>
        world.Get(cluster, ResourceKind.Service, "shop", "mysql").Annotation(FederationNames.ProblemAnnotation);
}
