using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Which services are turned to us, in which clusters.</summary>
public sealed class EndpointFilterPlannerTests
{
    private static readonly MeshDocument Both = Document("relay", "relay");
    private static readonly JsonObject ByLabel = Service("reviews", "labels: {isthmus.dev/endpoints: isthmus}");
    private static readonly JsonObject ByAnnotation = Service("ratings", "annotations: {isthmus.dev/endpoints: isthmus}");

    [Fact]
    public void A_label_or_an_annotation_in_any_cluster_turns_a_service_to_us_in_every_cluster_with_a_relay()
    {
        var plan = Plan(Both, View(ByLabel), View(ByAnnotation));
        Assert.Equal(["isthmus-endpoints-ratings.shop", "isthmus-endpoints-reviews.shop", "isthmus-relay-east", "isthmus-relay-west"], Names<PlannedAction.Create>(plan));
        Assert.All(plan.Actions, action => Assert.Equal(("east", "istio-system"), (action.Id.Cluster.Value, action.Id.Namespace)));
        var patches = Patches(plan, "isthmus-endpoints-reviews.shop");
        Assert.Equal(4, patches.Count);
        Assert.Equal(["east", "east", "west", "west"], patches.Select(patch => (string?)patch?["match"]?["proxy"]?["metadata"]?["CLUSTER_ID"]));
        Assert.All(patches, patch => Assert.Equal(("true", "reviews.shop.svc.cluster.local"), ((string?)patch?["match"]?["proxy"]?["metadata"]?["ISTHMUS_ENDPOINTS"], (string?)patch?["match"]?["cluster"]?["service"])));
    }

    [Fact]
    public void The_relay_stands_in_the_bootstrap_with_its_name_and_its_own_CA()
    {
        var patch = Assert.Single(Patches(Plan(Both, View(), View()), "isthmus-relay-west"));
        Assert.Equal(("BOOTSTRAP", "MERGE"), ((string?)patch?["applyTo"], (string?)patch?["patch"]?["operation"]));
        var relay = patch?["patch"]?["value"]?["static_resources"]?["clusters"]?[0];
        Assert.Equal(("isthmus-relay", "STRICT_DNS"), ((string?)relay?["name"], (string?)relay?["type"]));
        Assert.Contains("\"address\":\"isthmus-relay.isthmus-system.svc.cluster.local\",\"port_value\":443", relay?.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("\"inline_string\":\"CA of west\"", relay?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_istiod_serves_one_cluster_its_proxies_need_not_know_their_clusters_name()
    {
        var plan = EndpointFilterPlanner.Plan(Single, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView> { [new("east")] = View(ByLabel)("east") }));
        Assert.All(Patches(plan, "isthmus-endpoints-reviews.shop"), patch => Assert.Null(patch?["match"]?["proxy"]?["metadata"]?["CLUSTER_ID"]));
    }

    [Theory]
    [InlineData("labels: {isthmus.dev/endpoints: istiod}", "", null)]
    [InlineData("labels: {}", "", null)]
    [InlineData("labels: {isthmus.dev/endpoints: yes-please}", "", "isthmus.dev/endpoints is 'yes-please': write isthmus, or istiod")]
    [InlineData("labels: {isthmus.dev/endpoints: isthmus}", "clusterIP: None", "isthmus.dev/endpoints is of no use to a headless Service")]
    [InlineData("labels: {isthmus.dev/endpoints: isthmus}", "type: ExternalName", "isthmus.dev/endpoints is of no use to a Service of type ExternalName")]
    public void What_cannot_be_turned_is_told_why(string mark, string spec, string? reason)
    {
        var plan = Plan(Both, View(Service("reviews", mark, spec)), View());
        Assert.DoesNotContain(Names<PlannedAction.Create>(plan), name => name.StartsWith("isthmus-endpoints", StringComparison.Ordinal));
        var skipped = plan.Actions.OfType<PlannedAction.Skipped>().ToList();
        if (reason is null) Assert.Empty(skipped);
        else Assert.StartsWith(reason, Assert.Single(skipped).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{host: reviews, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}", true)]
    [InlineData("{host: '*.shop.svc.cluster.local', subsets: [{name: a, trafficPolicy: {portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: PASSTHROUGH}}]}}]}", true)]
    [InlineData("{host: reviews, trafficPolicy: {loadBalancer: {simple: RANDOM}}}", false)]
    [InlineData("{host: ratings, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}", false)]
    public void A_rule_that_passes_traffic_through_leaves_nothing_to_discover(string spec, bool skips)
    {
        var rule = Read($"{{metadata: {{name: r, namespace: shop}}, spec: {spec}}}");
        Assert.Equal(skips, Plan(Both, View([rule], ByLabel), View()).Actions.OfType<PlannedAction.Skipped>().Any(skip => skip.Reason.Contains("DestinationRule shop/r", StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_a_relay_that_is_in_place_nothing_is_turned()
    {
        foreach (var plan in new[] { Plan(Document("url", "url"), View(ByLabel), View()), Plan(Both, _ => new EndpointFilterView { Marked = [ByLabel] }, _ => new EndpointFilterView()) })
        {
            Assert.Empty(Names<PlannedAction.Create>(plan));
            Assert.Contains("needs the relay", Assert.Single(plan.Actions.OfType<PlannedAction.Skipped>()).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_silent_cluster_takes_nothing_away()
    {
        var live = Applied(Plan(Both, View(ByLabel), View(ByAnnotation)));
        var plan = EndpointFilterPlanner.Plan(Both, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView> { [new("east")] = With(View(ByLabel)("east"), live) }));
        Assert.DoesNotContain(plan.Actions, action => action.IsWrite);
        Assert.Empty(EndpointFilterPlanner.Plan(Both, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView> { [new("west")] = View(ByLabel)("west") })).Actions);
    }

    [Fact]
    public void A_mark_that_is_gone_turns_the_service_back_and_somebody_elses_filter_stays()
    {
        var live = Applied(Plan(Both, View(ByLabel), View()));
        live[0]["metadata"]?["labels"]?["app.kubernetes.io/managed-by"] = "helm";
        var plan = EndpointFilterPlanner.Plan(Both, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView>
        {
            [new("east")] = With(View()("east"), live),
            [new("west")] = View()("west"),
        }));
        Assert.Equal("isthmus-endpoints-reviews.shop", live[0].Name());
        Assert.Empty(Names<PlannedAction.Delete>(plan));
        live[0]["metadata"]?["labels"]?["app.kubernetes.io/managed-by"] = "isthmus";
        plan = EndpointFilterPlanner.Plan(Both, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView>
        {
            [new("east")] = With(View()("east"), live),
            [new("west")] = View()("west"),
        }));
        Assert.Equal(["isthmus-endpoints-reviews.shop"], Names<PlannedAction.Delete>(plan));
    }

    [Fact]
    public void What_was_applied_plans_nothing_and_the_order_does_not_matter() =>
        Gen.Select(Gen.Select(Gen.Int[0, 9], Gen.Int[0, 4]).Array[0, 12], Gen.Bool, Gen.Int).Sample((marks, hasRelay, seed) =>
        {
            var mesh = Document("relay", hasRelay ? "relay" : "url");
            var services = marks.DistinctBy(mark => mark.Item1).Select(mark => Service($"svc-{mark.Item1}", Marks[mark.Item2])).ToArray();
            var plan = Plan(mesh, View(services), View(services));
            var live = Applied(plan);
            var shuffled = services.ToArray();
            new Random(seed).Shuffle(shuffled);
            var again = EndpointFilterPlanner.Plan(mesh, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView>
            {
                [new("west")] = View(shuffled)("west"),
                [new("east")] = With(View(shuffled)("east"), live),
            }));
            return !again.HasWrites && plan.Actions.Count(action => action.IsWrite) == again.Actions.Count(action => action is PlannedAction.Unchanged);
        }, iter: 200);

    private static readonly string[] Marks =
        ["labels: {}", "labels: {isthmus.dev/endpoints: isthmus}", "annotations: {isthmus.dev/endpoints: isthmus}", "labels: {isthmus.dev/endpoints: istiod}", "labels: {isthmus.dev/endpoints: other}"];

    private static MeshDocument Single => Parse("""
        - {name: east, network: n1, webhook: {reach: relay}, access: {kubeconfig: east.yaml} }
        """);

    private static MeshDocument Document(string east, string west) => Parse($$"""
        - {name: east, network: n1, webhook: {reach: {{east}} }, access: {kubeconfig: east.yaml} }
          - {name: west, network: n2, controlPlane: east, webhook: {reach: {{west}} }, access: {kubeconfig: west.yaml} }
        """);

    private static MeshDocument Parse(string clusters) => MeshDocument.Parse($$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test, generation: 1}
        spec:
          dns: none
          clusters:
          {{clusters}}
        """) is { Document: { } document } ? document : throw new InvalidDataException("the document is not valid");

    private static Plan Plan(MeshDocument mesh, Func<string, EndpointFilterView> east, Func<string, EndpointFilterView> west) =>
        EndpointFilterPlanner.Plan(mesh, new EndpointFilterSnapshot(new Dictionary<ClusterName, EndpointFilterView> { [new("east")] = east("east"), [new("west")] = west("west") }));

    private static Func<string, EndpointFilterView> View(params JsonObject[] marked) => View([], marked);

    private static Func<string, EndpointFilterView> View(JsonObject[] rules, params JsonObject[] marked) => cluster => new EndpointFilterView
    {
        Marked = marked,
        DestinationRules = rules,
        Webhook = Read($"webhooks: [{{clientConfig: {{service: {{name: isthmus-relay}}, caBundle: {Convert.ToBase64String(Encoding.UTF8.GetBytes($"CA of {cluster}"))}}}}}]"),
    };

    private static EndpointFilterView With(EndpointFilterView view, IReadOnlyList<JsonObject> filters) =>
        new() { Filters = filters, Marked = view.Marked, DestinationRules = view.DestinationRules, Webhook = view.Webhook };

    private static List<JsonObject> Applied(Plan plan) => [.. plan.Actions.OfType<PlannedAction.Create>().Select(create => create.Content)];

    private static IEnumerable<string> Names<T>(Plan plan)
        where T : PlannedAction => plan.Actions.OfType<T>().Select(action => action.Id.Name).Order(StringComparer.Ordinal);

    private static JsonArray Patches(Plan plan, string name) =>
        Assert.IsType<JsonArray>(plan.Actions.OfType<PlannedAction.Create>().Single(create => create.Id.Name == name).Content["spec"]?["configPatches"]);

    private static JsonObject Service(string name, string mark, string spec = "") => Read($"{{metadata: {{name: {name}, namespace: shop, {mark}}}, spec: {{{spec}}}}}");

    private static JsonObject Read(string yaml) => Yaml.Read(yaml) as JsonObject ?? throw new InvalidDataException("no object");
}
