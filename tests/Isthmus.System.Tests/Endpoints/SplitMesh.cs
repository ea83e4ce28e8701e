using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Clusters;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>East with its istiod, and west under it on a network of its own behind 2.2.2.2; the Service shop/reviews has a pod in each.</summary>
internal static class SplitMesh
{
    public const string Cluster = "outbound|80||reviews.shop.svc.cluster.local";

    public static readonly ResourceKind PeerAuthentication = new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true);

    public static readonly string[] Entries =
    [
        "name: east, network: n1, gateway: {addresses: [1.1.1.1]}",
        "name: west, network: n2, controlPlane: east, gateway: {service: istio-system/gw}",
    ];

    private const string PeerAuthentications = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: peerauthentications.security.istio.io}
        spec:
          group: security.istio.io
          scope: Namespaced
          names: {kind: PeerAuthentication, listKind: PeerAuthenticationList, plural: peerauthentications, singular: peerauthentication}
          versions: [{name: v1beta1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
        """;

    public static async Task<ServedMesh> StartAsync()
    {
        var mesh = await ServedMesh.StartAsync(Entries);
        await mesh.CreateAsync("east", ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.CreateAsync("west", ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.CreateAsync("west", ResourceKind.Namespace, "{metadata: {name: istio-system}}");
        await mesh.MoveGatewayAsync("west", "2.2.2.2");
        await mesh.CreateAsync("east", ResourceKind.Node, "{metadata: {name: n-1, labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: a}}}");
        await ServeAsync(mesh, "east", "10.1.0.1", "{name: a, namespace: shop, labels: {app: reviews, version: v1, security.istio.io/tlsMode: istio}}", ", nodeName: n-1");
        await ServeAsync(mesh, "west", "10.2.0.1", "{name: b, namespace: shop, labels: {app: reviews, version: v2, security.istio.io/tlsMode: istio}}", "");
        return mesh;
    }

    /// <summary>Lets the control plane's cluster keep PeerAuthentications.</summary>
    public static Task DefinePeerAuthenticationAsync(ServedMesh mesh) =>
        TestClusters.DefineAsync(mesh.Api("east"), [Yaml.Read(PeerAuthentications) as JsonObject ?? []], TestContext.Current.CancellationToken);

    public static string Slice(string name, string address, string pod, string node = "") => $$"""
        metadata: {name: {{name}}, namespace: shop, labels: {kubernetes.io/service-name: reviews} }
        addressType: IPv4
        ports: [{name: http, port: 8080, protocol: TCP}]
        endpoints: [{addresses: [{{address}}], conditions: {ready: true}, targetRef: {kind: Pod, name: {{pod}}, namespace: shop}{{node}} }]
        """;

    private static async Task ServeAsync(ServedMesh mesh, string cluster, string address, string pod, string node)
    {
        await mesh.ServeAsync(cluster, "reviews");
        await mesh.CreateAsync(cluster, ResourceKind.Pod, $"{{metadata: {pod}, spec: {{containers: [{{name: app, image: app}}]{node}}}}}");
        await mesh.CreateAsync(cluster, ResourceKind.EndpointSlice, Slice("reviews-1", address, cluster == "east" ? "a" : "b", node));
    }
}
