using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class ServiceExportTests
{
    private const string Host = "reviews.shop.global";

    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1alpha1")]
    public void A_ServiceExport_exports_the_Service_of_its_name_and_tells_so_in_its_conditions(string version)
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews");
        world.Declare("west", "shop", "reviews", version: version);
        world.Run();
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.Equal("true", world.Get("west", ResourceKind.Service, "shop", "reviews").Label(FederationNames.ExportedLabel));
        Assert.Equal(("True", "Valid"), Condition(world, "west", "Valid", version));
        Assert.Equal(("True", "Exported"), Condition(world, "west", "Ready", version));
        Assert.Equal(("False", "NoConflicts"), Condition(world, "west", "Conflict", version));
        world.Now = world.Now.AddHours(1);
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void A_ServiceExport_that_goes_withdraws_the_name_and_takes_the_labels_twin_along()
    {
        var world = Declared();
        world.State.Remove(FederationWorld.Id("west", ResourceKind.ServiceExport, "shop", "reviews"));
        world.Run(new ServiceName("shop", "reviews"));
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.Null(world.Get("west", ResourceKind.Service, "shop", "reviews").Label(FederationNames.ExportedLabel));
    }

    [Fact]
    public void A_label_and_a_ServiceExport_are_one_export_since_the_earlier_of_both()
    {
        var world = new FederationWorld { Now = FederationWorld.Start.AddMinutes(5) };
        world.Export("west", "shop", "reviews");
        world.Declare("west", "shop", "reviews", seconds: 60);
        world.Run();
        var service = world.Get("west", ResourceKind.Service, "shop", "reviews");
        Assert.Equal("2026-11-22T12:01:00.000Z", service.Annotation(FederationNames.ExportedSinceAnnotation));
        Assert.Null(service.Label(FederationNames.ExportedLabel));
        Assert.Equal(("True", "Exported"), Condition(world, "west", "Ready"));
        world.Unexport("west", "shop", "reviews");
        world.Run();
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.Equal("true", world.Get("west", ResourceKind.Service, "shop", "reviews").Label(FederationNames.ExportedLabel));
    }

    [Fact]
    public void A_ServiceExport_without_Service_waits_for_it()
    {
        var world = new FederationWorld();
        world.Declare("west", "shop", "reviews");
        world.Run();
        Assert.Equal(("False", "NoService"), Condition(world, "west", "Valid"));
        Assert.Equal(("False", "Pending"), Condition(world, "west", "Ready"));
        world.Service("west", "shop", "reviews");
        world.Run();
        Assert.Equal(("True", "Valid"), Condition(world, "west", "Valid"));
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
    }

    [Theory]
    [InlineData("shop", """{"type":"ExternalName","externalName":"x.com"}""", "InvalidServiceType")]
    [InlineData("shop", """{"clusterIP":"10.0.0.1","ports":[{"port":53,"protocol":"UDP"}]}""", "NoTcpPort")]
    [InlineData("other", """{"clusterIP":"10.0.0.1","ports":[{"port":80}]}""", "NamespaceNotAllowed")]
    public void What_cannot_be_exported_is_invalid_with_a_reason(string ns, string spec, string reason)
    {
        var world = new FederationWorld();
        world.Service("west", ns, "reviews", spec);
        world.Declare("west", ns, "reviews");
        world.Run();
        Assert.Equal(("False", reason), Condition(world, "west", "Valid", ns: ns));
        Assert.Equal(("False", "Failed"), Condition(world, "west", "Ready", ns: ns));
        Assert.DoesNotContain(world.State.Keys, id => id.Kind == ResourceKind.ServiceEntry);
    }

    [Fact]
    public void Conditions_of_others_stay_and_a_time_changes_with_the_status_only()
    {
        var world = Declared();
        var declaration = world.Get("west", ResourceKind.ServiceExport, "shop", "reviews");
        var conditions = Assert.IsType<JsonArray>(declaration["status"]?["conditions"]);
        conditions.Insert(0, JsonNode.Parse("""{"type":"Ready2","status":"Unknown","reason":"X","message":"","lastTransitionTime":"2020-01-01T00:00:00Z"}"""));
        var before = Find(declaration, "Valid")["lastTransitionTime"]?.ToString();
        world.Now = world.Now.AddHours(1);
        // Another message, the same status.
        world.Service("west", "shop", "reviews", """{"clusterIP":"10.0.0.9","selector":{"a":"b"},"ports":[{"name":"http","port":9080},{"port":53,"protocol":"UDP"}]}""");
        world.Run();
        declaration = world.Get("west", ResourceKind.ServiceExport, "shop", "reviews");
        Assert.Contains("53/UDP", Find(declaration, "Valid")["message"]?.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Find(declaration, "Valid")["lastTransitionTime"]?.ToString());
        Assert.Equal("Unknown", Find(declaration, "Ready2")["status"]?.ToString());
        world.State.Remove(FederationWorld.Id("west", ResourceKind.Service, "shop", "reviews"));
        world.Run();
        Assert.Equal("2026-11-22T13:00:00Z", Find(world.Get("west", ResourceKind.ServiceExport, "shop", "reviews"), "Valid")["lastTransitionTime"]?.ToString());
    }

    [Fact]
    public void A_field_that_an_old_definition_prunes_is_not_sent_again_and_again()
    {
        var world = Declared();
        foreach (var condition in Assert.IsType<JsonArray>(world.Get("west", ResourceKind.ServiceExport, "shop", "reviews")["status"]?["conditions"]).OfType<JsonObject>())
            Assert.True(condition.Remove("observedGeneration"));
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void The_older_export_holds_whichever_way_it_was_made_and_both_are_told()
    {
        var world = new FederationWorld { Now = FederationWorld.Start.AddMinutes(1) };
        world.Export("north", "shop", "reviews", """[{"name":"tcp","port":9999}]""");
        world.Service("west", "shop", "reviews");
        world.Declare("west", "shop", "reviews");
        world.Run();
        Assert.Equal(("True", "PortConflict"), Condition(world, "west", "Conflict"));
        Assert.Equal(("True", "Exported"), Condition(world, "west", "Ready"));
        Assert.Contains("left out", world.Get("north", ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.ProblemAnnotation), StringComparison.Ordinal);
        Assert.Null(world.Find("north", ResourceKind.Gateway, "isthmus-exports-shop"));
        world.State.Remove(FederationWorld.Id("north", ResourceKind.Service, "shop", "reviews"));
        world.Run();
        Assert.Equal(("False", "NoConflicts"), Condition(world, "west", "Conflict"));
    }

    [Fact]
    public void A_left_out_ServiceExport_is_not_ready_and_says_why()
    {
        var world = Declared();
        world.Service("north", "shop", "reviews", """{"clusterIP":"10.0.0.9","ports":[{"name":"grpc","port":9080}]}""");
        world.Declare("north", "shop", "reviews", seconds: 5);
        world.Run();
        Assert.Equal(("True", "PortConflict"), Condition(world, "north", "Conflict"));
        Assert.Equal(("False", "Failed"), Condition(world, "north", "Ready"));
        Assert.Contains("9080/GRPC and not 9080/HTTP, which west exported first", Find(world.Get("north", ResourceKind.ServiceExport, "shop", "reviews"), "Ready")["message"]?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ServiceExport_says_who_may_import()
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews");
        world.Declare("west", "shop", "reviews", exportTo: "north");
        world.Run();
        Assert.Null(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.NotNull(world.Find("north", ResourceKind.ServiceEntry, Host));
        world.Declare("west", "shop", "reviews", exportTo: "east");
        world.Run();
        Assert.NotNull(world.Find("east", ResourceKind.ServiceEntry, Host));
        Assert.Null(world.Find("north", ResourceKind.ServiceEntry, Host));
    }

    [Fact]
    public void A_cluster_that_leaves_takes_readiness_back()
    {
        var world = Declared();
        world.Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument.Replace("network: n-west,", "network: n-west, state: leaving,", StringComparison.Ordinal));
        world.Run();
        Assert.Equal(("False", "Left"), Condition(world, "west", "Ready"));
        Assert.Null(world.Get("west", ResourceKind.Service, "shop", "reviews").Label(FederationNames.ExportedLabel));
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void A_labelled_Services_problem_is_one_Event_that_later_runs_leave_alone()
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews", """{"clusterIP":"10.0.0.1","selector":{"a":"b"},"ports":[{"port":80},{"port":53,"protocol":"UDP"}]}""", ("isthmus.dev/export", "true"));
        world.Run();
        var told = Assert.Single(world.State, entry => entry.Key.Kind == ResourceKind.Event);
        Assert.Equal("PortsLeftOut", ObjectMetadata.TextOf(told.Value["reason"]));
        Assert.Equal("reviews", ObjectMetadata.TextOf(told.Value["involvedObject"]?["name"]));
        world.Now = world.Now.AddHours(1);
        Assert.False(world.Plan().HasWrites);
        // The Event is forgotten after an hour; the annotation still says it.
        world.State.Remove(told.Key);
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void Without_a_selector_the_identities_are_those_of_the_pods_that_the_slices_name()
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews", """{"clusterIP":"10.0.0.1","ports":[{"port":80}]}""", ("isthmus.dev/export", "true"));
        world.Pod("west", "shop", "reviews", "hand-made");
        world.Pod("west", "shop", "other", "somebody-else");
        world.Put("west", ResourceKind.EndpointSlice, "shop", "manual", """{"endpoints":[{"targetRef":{"kind":"Pod","name":"reviews-1"}}]}""", ("kubernetes.io/service-name", "reviews"));
        world.Run();
        Assert.Equal(
            """["spiffe://cluster.local/ns/shop/sa/hand-made"]""",
            world.Spec("east", ResourceKind.DestinationRule, Host)["trafficPolicy"]?["portLevelSettings"]?[0]?["tls"]?["subjectAltNames"]?.ToJsonString());
        Assert.Contains("no selector", world.Get("west", ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.ProblemAnnotation), StringComparison.Ordinal);
    }

    private static FederationWorld Declared()
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews");
        world.Declare("west", "shop", "reviews");
        world.Run();
        return world;
    }

    private static (string? Status, string? Reason) Condition(FederationWorld world, string cluster, string type, string version = "v1beta1", string ns = "shop")
    {
        var condition = Find(world.Get(cluster, ResourceKind.ServiceExport with { Version = version }, ns, "reviews"), type);
        Assert.NotNull(condition["lastTransitionTime"]);
        return (condition["status"]?.ToString(), condition["reason"]?.ToString());
    }

    private static JsonObject Find(JsonObject declaration, string type) =>
        Assert.Single(Assert.IsType<JsonArray>(declaration["status"]?["conditions"]).OfType<JsonObject>(), condition => condition["type"]?.ToString() == type);
}
