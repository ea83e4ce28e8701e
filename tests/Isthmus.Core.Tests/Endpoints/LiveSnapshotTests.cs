using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Json;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>How Services, slices, pods, nodes and policies become the inputs of an answer.</summary>
public sealed class LiveSnapshotTests
{
    private static readonly MeshDocument Document = MeshDocument.Parse("""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test, generation: 1}
        spec:
          dns: none
          clusters:
          - {name: east, network: n1, access: {kubeconfig: east.yaml}}
          - {name: west, network: n2, controlPlane: east, access: {kubeconfig: west.yaml}, gateway: {addresses: [2.2.2.2]}}
        """).Document ?? throw new InvalidDataException("the document is not valid");

    private static readonly EndpointProxy Client = new() { Network = "n1", Cluster = "east", Namespace = "web" };

    [Theory]
    [InlineData("{}", false, RouteReason.ClusterGateways)]
    [InlineData("{ready: true}", false, RouteReason.ClusterGateways)]
    [InlineData("{ready: false}", false, RouteReason.Unhealthy)]
    [InlineData("{ready: false, serving: true, terminating: true}", false, RouteReason.Terminating)]
    [InlineData("{ready: false, serving: true, terminating: true}", true, RouteReason.ClusterGateways)]
    [InlineData("{ready: false, serving: false, terminating: true}", true, RouteReason.Terminating)]
    public void Health_is_what_the_slice_says(string conditions, bool keepsSessions, RouteReason expected)
    {
        var service = Service(keepsSessions ? "{istio.io/persistent-session: cookie}" : "{}");
        Assert.Equal(expected, Why(Make([East() with { Service = service }, West(conditions) with { Service = service }])));
    }

    [Fact]
    public void The_label_of_a_pod_counts_before_that_of_the_root_namespace_and_that_before_the_document()
    {
        Assert.Equal("n2", Assert.Single(Endpoints(West())).Network);
        Assert.Equal("n3", Assert.Single(Endpoints(West() with { RootNamespace = Read("{metadata: {labels: {topology.istio.io/network: n3}}}") })).Network);
        var pod = Read("{metadata: {name: b, namespace: shop, labels: {topology.istio.io/network: n4, security.istio.io/tlsMode: istio}}}");
        Assert.Equal("n4", Assert.Single(Endpoints(West() with { Pod = _ => EndpointPod.Read(pod) })).Network);
    }

    [Fact]
    public void A_pod_in_two_slices_counts_once_and_other_transports_do_not()
    {
        var west = West();
        Assert.Single(Endpoints(west with { EndpointSlices = [.. west.EndpointSlices, .. west.EndpointSlices] }));
        var slice = Slice("{}");
        slice["ports"] = Read("{ports: [{name: http, port: 8080, protocol: UDP}]}")["ports"]?.DeepClone();
        Assert.Empty(Endpoints(west with { EndpointSlices = [EndpointSlice.Read(slice)] }));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("serviceSettings: [{settings: {clusterLocal: true}, hosts: ['*.shop.svc.cluster.local']}]", true)]
    [InlineData("serviceSettings: [{settings: {clusterLocal: true}, hosts: ['*']}, {settings: {clusterLocal: false}, hosts: [reviews.shop.svc.cluster.local]}]", false)]
    public void Settings_of_the_mesh_config_keep_a_host_to_its_cluster(string config, bool isLocal)
    {
        var snapshot = Make([East(), West()], new ServicePolicies { MeshConfig = Yaml.Read(config) as JsonObject });
        Assert.Equal(isLocal, Why(snapshot) == RouteReason.OtherCluster);
    }

    [Theory]
    [InlineData("shop", "reviews", "{}", true)]
    [InlineData("web", "reviews.shop.svc.cluster.local", "{}", true)]
    [InlineData("istio-system", "*.local", "{}", true)]
    [InlineData("web", "reviews", "{}", false)]
    [InlineData("other", "reviews.shop.svc.cluster.local", "{}", false)]
    [InlineData("shop", "reviews", "{exportTo: ['.']}", false)]
    [InlineData("shop", "reviews", "{exportTo: [web]}", true)]
    [InlineData("web", "reviews.shop.svc.cluster.local", "{workloadSelector: {matchLabels: {app: other}}}", false)]
    public void A_rule_counts_where_istio_would_take_it(string ns, string host, string more, bool counts)
    {
        var spec = Read(more);
        spec["host"] = host;
        spec["trafficPolicy"] = Read("{tls: {mode: DISABLE}}");
        var rule = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "r", ["namespace"] = ns }, ["spec"] = spec };
        Assert.Equal(counts, Why(Make([East(), West()], new ServicePolicies { DestinationRules = [rule] })) == RouteReason.DestinationRuleNotMutual);
    }

    [Fact]
    public void The_order_in_which_clusters_answered_does_not_matter()
    {
        var (forth, back) = (Make([East(), West()]), Make([West(), East()]));
        Assert.Equal(AssignmentJson.Write(forth.Assign(), Client).ToJsonString(), AssignmentJson.Write(back.Assign(), Client).ToJsonString());
    }

    private static RouteReason Why(EndpointSnapshot snapshot) =>
        Assert.Single(SplitHorizon.Explain(snapshot.Query, snapshot.Endpoints, snapshot.Gateways, snapshot.Proxy)).Reason;

    private static IReadOnlyList<MeshEndpoint> Endpoints(ServiceView west) => Make([East(), west]).Endpoints;

    private static EndpointSnapshot Make(ServiceView[] views, ServicePolicies? policies = null)
    {
        var name = new EnvoyClusterName(80, "", EndpointWorld.Host, IsSniDnat: false);
        var snapshot = LiveSnapshot.Make(name, views, policies ?? ServicePolicies.None, Client, Compatibility.None, out var reason);
        return snapshot ?? throw new InvalidOperationException(reason);
    }

    private static ServiceView East() => new() { Cluster = Cluster("east"), Service = Service("{}") };

    private static ServiceView West(string conditions = "{}") => new()
    {
        Cluster = Cluster("west"),
        Service = Service("{}"),
        EndpointSlices = [EndpointSlice.Read(Slice(conditions))],
        Pod = _ => EndpointPod.Read(Read("{metadata: {name: b, namespace: shop, labels: {app: reviews, security.istio.io/tlsMode: istio}}}")),
    };

    private static JsonObject Slice(string conditions) => Read($$"""
        metadata: {name: s, namespace: shop}
        addressType: IPv4
        ports: [{name: http, port: 8080}]
        endpoints: [{addresses: [10.2.0.1], conditions: {{conditions}}, targetRef: {kind: Pod, name: b} }]
        """);

    private static JsonObject Service(string labels) => Read($$"""
        metadata: {name: reviews, namespace: shop, labels: {{labels}} }
        spec: {ports: [{name: http, port: 80}]}
        """);

    private static MeshCluster Cluster(string name) => Document.Find(new ClusterName(name)) ?? throw new InvalidDataException(name);

    private static JsonObject Read(string yaml) => Yaml.Read(yaml) as JsonObject ?? throw new InvalidDataException("no object");
}
