using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Events;

public sealed class ChangeReviewTests
{
    private static readonly MeshCluster West = Document().Clusters[0];

    [Fact]
    public void A_new_export_is_published_with_the_write_that_is_to_land()
    {
        var decision = ChangeReview.Decide(West, Review("UPDATE", Service(export: true, version: "8"), Service(export: false, version: "7")));

        Assert.Equal(
            new ChangeDecision.Publish(new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "UPDATE", "u-1", "7")), decision);
    }

    [Fact]
    public void A_created_service_has_no_version_to_wait_for()
    {
        var decision = ChangeReview.Decide(West, Review("CREATE", Service(export: true, version: ""), null));

        var publish = Assert.IsType<ChangeDecision.Publish>(decision);
        Assert.Equal(new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "CREATE", null, null), publish.Event);
    }

    [Fact]
    public void A_deleted_service_is_published_from_what_it_was() =>
        Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(West, Review("DELETE", null, Service(export: true, version: "7"))));

    [Theory]
    [InlineData("""{"metadata":{"labels":{"team":"a"}}}""")]
    [InlineData("""{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"9","managedFields":[{}]}}""")]
    [InlineData("""{"spec":{"sessionAffinity":"ClientIP"}}""")]
    [InlineData("""{"metadata":{"annotations":{"isthmus.dev/virtual-address":"240.0.0.9","isthmus.dev/address-claimed":"2026-11-22T10:00:00Z"}}}""")]
    [InlineData("""{"metadata":{"labels":{"isthmus.dev/exported":"true"}}}""")]
    [InlineData("""{"status":{"conditions":[{"type":"x"}]}}""")]
    public void What_Isthmus_does_not_read_is_not_published(string change)
    {
        var old = Service(export: true, version: "7");
        var live = Merge(old, change);

        Assert.Equal(
            new ChangeDecision.Nothing("nothing that Isthmus reads has changed"), ChangeReview.Decide(West, Review("UPDATE", live, old)));
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":{"isthmus.dev/export":"false"}}}""")]
    [InlineData("""{"metadata":{"annotations":{"isthmus.dev/export-to":"east"}}}""")]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-11-22T10:00:00Z"}}""")]
    [InlineData("""{"spec":{"ports":[{"name":"http","port":9081}]}}""")]
    [InlineData("""{"spec":{"selector":{"app":"other"}}}""")]
    [InlineData("""{"spec":{"type":"LoadBalancer"}}""")]
    [InlineData("""{"status":{"loadBalancer":{"ingress":[{"ip":"20.1.2.3"}]}}}""")]
    public void What_Isthmus_reads_is_published(string change)
    {
        var old = Service(export: true, version: "7");

        Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(West, Review("UPDATE", Merge(old, change), old)));
    }

    [Fact]
    public void The_gateways_service_concerns_the_whole_cluster()
    {
        var old = Gateway("""{"ingress":[]}""");
        var live = Gateway("""{"ingress":[{"ip":"20.1.2.3"}]}""");

        var decision = ChangeReview.Decide(West, Review("UPDATE", live, old, "Service", "istio-system", "gateway"));

        Assert.Equal(new ChangeDecision.Publish(new MeshEvent.ClusterChanged(West.Name)), decision);
    }

    [Fact]
    public void Slices_count_by_the_pods_behind_them_and_stand_for_their_service()
    {
        var old = Slice("a", "b");

        Assert.IsType<ChangeDecision.Nothing>(ChangeReview.Decide(West, Review("UPDATE", Slice("b", "a"), old, "EndpointSlice", "shop", "reviews-x")));
        var publish = Assert.IsType<ChangeDecision.Publish>(
            ChangeReview.Decide(West, Review("UPDATE", Slice("a", "c"), old, "EndpointSlice", "shop", "reviews-x")));
        Assert.Equal(
            new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "UPDATE", "u-2", "4") { Kind = "EndpointSlice", ObjectName = "reviews-x" }, publish.Event);
    }

    [Fact]
    public void A_pod_that_becomes_ready_counts_and_one_that_moves_does_not()
    {
        var old = Slice("a", "b");
        var moved = Slice("a", "b");
        Endpoint(moved)["addresses"] = new JsonArray("10.1.1.9");
        var unready = Slice("a", "b");
        Endpoint(unready)["conditions"] = new JsonObject { ["ready"] = false };

        Assert.IsType<ChangeDecision.Nothing>(ChangeReview.Decide(West, Review("UPDATE", moved, old, "EndpointSlice", "shop", "reviews-x")));
        Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(West, Review("UPDATE", unready, old, "EndpointSlice", "shop", "reviews-x")));
    }

    [Fact]
    public void A_ServiceExport_counts_by_its_spec_and_our_marks_and_not_by_its_status()
    {
        var old = ServiceExport("""{}""");

        var publish = Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(West, Review("CREATE", old, null, "ServiceExport")));
        Assert.Equal(new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "CREATE", null, null) { Kind = "ServiceExport" }, publish.Event);
        Assert.IsType<ChangeDecision.Nothing>(ChangeReview.Decide(West, Review("UPDATE", ServiceExport("""{"status":{"conditions":[{"type":"Valid"}]}}"""), old, "ServiceExport")));
        Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(
            West, Review("UPDATE", ServiceExport("""{"metadata":{"annotations":{"isthmus.dev/export-to":"east"}}}"""), old, "ServiceExport")));
        Assert.IsType<ChangeDecision.Publish>(ChangeReview.Decide(West, Review("DELETE", null, old, "ServiceExport")));
    }

    [Fact]
    public void A_dry_run_publishes_nothing()
    {
        var review = Review("CREATE", Service(export: true, version: ""), null);
        Assert.NotNull(review["request"]);
        review["request"]?.AsObject().Add("dryRun", true);

        Assert.Equal(new ChangeDecision.Nothing("dry run"), ChangeReview.Decide(West, review));
    }

    [Theory]
    [InlineData("{}", "no request")]
    [InlineData("""{"request":[]}""", "no request")]
    [InlineData("""{"request":{}}""", "no uid")]
    [InlineData("""{"request":{"uid":"1"}}""", "no kind or no object")]
    [InlineData("""{"request":{"uid":"1","kind":{"kind":"Service"},"object":3}}""", "no kind or no object")]
    public void A_review_that_is_none_is_refused_with_a_reason(string json, string reason)
    {
        var review = JsonNode.Parse(json) as JsonObject ?? [];

        var malformed = Assert.IsType<ChangeDecision.Malformed>(ChangeReview.Decide(West, review));
        Assert.Contains(reason, malformed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_reads_back_as_it_was_written()
    {
        MeshEvent[] events =
        [
            new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "UPDATE", "u-1", "7"),
            new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "CREATE", null, null),
            new MeshEvent.ServiceChanged(West.Name, new ServiceName("shop", "reviews"), "DELETE", "u-1", "7") { Kind = "EndpointSlice", ObjectName = "reviews-x" },
            new MeshEvent.ClusterChanged(West.Name),
        ];

        Assert.All(events, one => Assert.Equal(one, MeshEvent.Parse(one.Type, JsonNode.Parse(one.ToData().ToJsonString()))));
        Assert.Null(MeshEvent.Parse(MeshEvent.ServiceChangedType, new JsonObject { ["cluster"] = "west" }));
        Assert.Null(MeshEvent.Parse("dev.isthmus.other", new JsonObject { ["cluster"] = "west" }));
    }

    private static MeshDocument Document() => MeshDocument.Parse("""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          clusters:
          - name: west
            network: n
            access: {kubeconfig: none}
            gateway: {service: istio-system/gateway}
        """).Document ?? throw new InvalidOperationException("The document is not valid.");

    private static JsonObject Review(string operation, JsonObject? live, JsonObject? old, string kind = "Service", string ns = "shop", string name = "reviews") => new()
    {
        ["request"] = new JsonObject
        {
            ["uid"] = "r-1",
            ["kind"] = new JsonObject { ["kind"] = kind },
            ["operation"] = operation,
            ["namespace"] = ns,
            ["name"] = name,
            ["object"] = live?.DeepClone(),
            ["oldObject"] = old?.DeepClone(),
        },
    };

    private static JsonObject Service(bool export, string version) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "reviews",
            ["namespace"] = "shop",
            ["uid"] = "u-1",
            ["resourceVersion"] = version,
            ["labels"] = export ? new JsonObject { ["isthmus.dev/export"] = "true" } : [],
        },
        ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 9080 }) },
    };

    private static JsonObject Gateway(string loadBalancer) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "gateway", ["namespace"] = "istio-system" },
        ["status"] = new JsonObject { ["loadBalancer"] = JsonNode.Parse(loadBalancer) },
    };

    private static JsonObject Slice(params string[] pods) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "reviews-x", ["uid"] = "u-2", ["resourceVersion"] = "4", ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "reviews" } },
        ["endpoints"] = new JsonArray([.. pods.Select(pod => new JsonObject { ["targetRef"] = new JsonObject { ["name"] = pod } })]),
    };

    private static JsonObject Endpoint(JsonObject slice) => slice["endpoints"]?[0] as JsonObject ?? [];

    private static JsonObject ServiceExport(string change) =>
        Merge(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "reviews", ["namespace"] = "shop" } }, change);

    private static JsonObject Merge(JsonObject original, string change) =>
        Isthmus.Core.Json.JsonMergePatch.Apply(original.DeepClone(), JsonNode.Parse(change)) as JsonObject ?? [];
}
