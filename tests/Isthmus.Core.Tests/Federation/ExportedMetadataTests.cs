using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

/// <summary>The labels and annotations that a ServiceExport gives its imports.</summary>
public sealed class ExportedMetadataTests
{
    private const string Host = "reviews.shop.global";

    [Fact]
    public void They_are_carried_to_the_ServiceEntries_and_go_when_they_are_taken_back_and_nothing_of_others_goes_along()
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews");
        Declare(world, "west", """{"exportedLabels":{"team":"a","tier":"gold"},"exportedAnnotations":{"networking.istio.io/traffic-distribution":"PreferClose"}}""");
        world.Run();
        var entry = Entry(world);
        Assert.Equal(("a", "gold", "PreferClose"), (entry.Label("team"), entry.Label("tier"), entry.Annotation("networking.istio.io/traffic-distribution")));
        Assert.True(Ownership.IsOurs(entry, "m"));
        Assert.False(world.Plan().HasWrites);

        // Somebody else's stays, also beside ours.
        Assert.IsType<JsonObject>(entry["metadata"]?["labels"])["theirs"] = "x";
        Declare(world, "west", """{"exportedLabels":{"tier":"silver"}}""");
        world.Run();
        entry = Entry(world);
        Assert.Equal((null, "silver", null, "x"), (entry.Label("team"), entry.Label("tier"), entry.Annotation("networking.istio.io/traffic-distribution"), entry.Label("theirs")));

        Declare(world, "west", "{}");
        world.Run();
        entry = Entry(world);
        Assert.Equal((null, "x"), (entry.Label("tier"), entry.Label("theirs")));
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void The_oldest_ServiceExports_hold_and_every_other_one_is_told_and_serves_all_the_same()
    {
        var world = new FederationWorld();
        foreach (var cluster in new[] { "east", "west" })
            world.Service(cluster, "shop", "reviews");
        Declare(world, "west", """{"exportedLabels":{"team":"a"}}""");
        Declare(world, "east", """{"exportedLabels":{"team":"b"}}""", seconds: 60);
        world.Run();
        Assert.Equal("a", Entry(world, "north").Label("team"));
        foreach (var cluster in new[] { "east", "west" })
        {
            var conditions = Assert.IsType<JsonArray>(world.Get(cluster, ResourceKind.ServiceExport, "shop", "reviews")["status"]?["conditions"]).OfType<JsonObject>().ToList();
            Assert.Equal("LabelsConflict", ObjectMetadata.TextOf(conditions.Single(condition => ObjectMetadata.TextOf(condition["type"]) == "Conflict")["reason"]));
            Assert.Equal("True", ObjectMetadata.TextOf(conditions.Single(condition => ObjectMetadata.TextOf(condition["type"]) == "Ready")["status"]));
        }

        // Its memory holds while its cluster is silent.
        world.Silent.Add("west");
        world.Run();
        Assert.Equal("a", Entry(world, "north").Label("team"));
    }

    [Theory]
    [InlineData("""{"exportedLabels":{"isthmus.dev/mesh":"other","app.kubernetes.io/managed-by":"me","bad value":"x","k":"not a value"}}""", "isthmus.dev/mesh")]
    [InlineData("""{"exportedAnnotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}""", "kubectl.kubernetes.io/last-applied-configuration")]
    [InlineData("""{"exportedAnnotations":{"istio.io/dry-run":"true"}}""", "istio.io/dry-run")]
    [InlineData("""{"exportedAnnotations":{"internal.istio.io/webhook-always-reject":"true"}}""", "internal.istio.io/webhook-always-reject")]
    [InlineData("""{"exportedLabels":{"istio.io/rev":"canary"}}""", "istio.io/rev")]
    public void What_a_server_would_refuse_or_others_take_for_their_own_is_left_out_and_told(string spec, string leftOut)
    {
        var world = new FederationWorld();
        world.Service("west", "shop", "reviews");
        Declare(world, "west", spec);
        world.Run();
        var entry = Entry(world);
        Assert.True(Ownership.IsOurs(entry, "m"));
        Assert.Null(entry.Label("k"));
        Assert.Null(entry.Annotation(leftOut));
        Assert.Null(entry.Label("istio.io/rev"));
        Assert.Contains(leftOut, world.Get("west", ResourceKind.ServiceExport, "shop", "reviews")["status"]?.ToJsonString(), StringComparison.Ordinal);
    }

    private static JsonObject Entry(FederationWorld world, string cluster = "east") => Assert.IsType<JsonObject>(world.Find(cluster, ResourceKind.ServiceEntry, Host));

    private static void Declare(FederationWorld world, string cluster, string spec, double seconds = 0)
    {
        var before = world.State.GetValueOrDefault(FederationWorld.Id(cluster, ResourceKind.ServiceExport, "shop", "reviews"))?["status"]?.DeepClone();
        world.Declare(cluster, "shop", "reviews", seconds);
        var declaration = world.Get(cluster, ResourceKind.ServiceExport, "shop", "reviews");
        declaration["spec"] = JsonNode.Parse(spec);
        if (before is not null)
            declaration["status"] = before;
    }
}
