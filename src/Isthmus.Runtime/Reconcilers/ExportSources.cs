using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What our objects are derived from in one cluster: exported Services, what runs behind them, and the gateway.</summary>
internal sealed record ExportSources(
    IReadOnlyList<JsonObject> Services,
    IReadOnlyList<JsonObject> AllServices,
    IReadOnlyList<JsonObject> Pods,
    IReadOnlyList<JsonObject> EndpointSlices,
    JsonObject? GatewayService,
    IReadOnlyList<JsonObject> Nodes,
    JsonObject? IstioConfigMap)
{
    private const string Exported = FederationNames.ExportLabel + "=true";

    /// <param name="api">The cluster.</param>
    /// <param name="cluster">Its entry in the document.</param>
    /// <param name="names">The names to look at; empty: all.</param>
    /// <param name="allServices">Whether Services count that are not exported.</param>
    /// <param name="cancellationToken">Ends the reading at once.</param>
    public static async Task<ExportSources> ReadAsync(
        ClusterApi api, MeshCluster cluster, IReadOnlyList<ServiceName> names, bool allServices, CancellationToken cancellationToken)
    {
        var gateway = GatewayAsync(api, cluster, cancellationToken);
        var istio = cluster.HasOwnControlPlane
            ? api.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, "istio", cancellationToken)
            : Task.FromResult<JsonObject?>(null);
        var all = names.Count == 0
            ? await api.ListAsync(ResourceKind.Service, null, allServices ? null : Exported, null, cancellationToken).ConfigureAwait(false)
            : await NamedAsync(api, names, cancellationToken).ConfigureAwait(false);
        var services = names.Count == 0 ? [.. all.Where(service => service.Label(FederationNames.ExportLabel) == "true")] : all;
        var behind = services.Where(FederationNames.IsExported).ToList();
        var pods = names.Count == 0 ? PodsOfNamespacesAsync(api, behind, cancellationToken) : PodsBehindAsync(api, behind, cancellationToken);
        var slices = names.Count == 0
            ? api.ListAsync(ResourceKind.EndpointSlice, null, Exported, null, cancellationToken)
            : SlicesAsync(api, behind, cancellationToken);
        await Task.WhenAll(gateway, pods, slices, istio).ConfigureAwait(false);
        var (gatewayService, nodes) = await gateway.ConfigureAwait(false);
        return new ExportSources(services, allServices ? all : [], await pods.ConfigureAwait(false), await slices.ConfigureAwait(false), gatewayService, nodes, await istio.ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<JsonObject>> NamedAsync(
        ClusterApi api, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(names.Select(name => api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static Task<IReadOnlyList<JsonObject>> PodsOfNamespacesAsync(ClusterApi api, List<JsonObject> services, CancellationToken cancellationToken) =>
        ConcatAsync(services.Select(service => service.NamespaceName()).Distinct().Select(ns => api.ListAsync(ResourceKind.Pod, ns, null, null, cancellationToken)));

    private static Task<IReadOnlyList<JsonObject>> PodsBehindAsync(ClusterApi api, List<JsonObject> services, CancellationToken cancellationToken) =>
        ConcatAsync(services
            .Select(service => (service, Selector: ObjectMetadata.Strings((service["spec"] as JsonObject)?["selector"] as JsonObject)))
            .Where(pair => pair.Selector.Count > 0)
            .Select(pair => api.ListAsync(
                ResourceKind.Pod,
                pair.service.NamespaceName(),
                string.Join(',', pair.Selector.Select(label => $"{label.Key}={label.Value}")),
                null,
                cancellationToken)));

    private static Task<IReadOnlyList<JsonObject>> SlicesAsync(ClusterApi api, List<JsonObject> services, CancellationToken cancellationToken) =>
        ConcatAsync(services.Select(service => api.ListAsync(
            ResourceKind.EndpointSlice, service.NamespaceName(), $"kubernetes.io/service-name={service.Name()}", null, cancellationToken)));

    private static async Task<(JsonObject? Service, IReadOnlyList<JsonObject> Nodes)> GatewayAsync(
        ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.Gateway?.Service is not { } name)
            return (null, []);
        var service = await api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken).ConfigureAwait(false);
        var nodes = GatewayAddress.IsNodePort(service)
            ? await api.ListAsync(ResourceKind.Node, null, null, null, cancellationToken).ConfigureAwait(false)
            : [];
        return (service, nodes);
    }

    private static async Task<IReadOnlyList<JsonObject>> ConcatAsync(IEnumerable<Task<IReadOnlyList<JsonObject>>> lists) =>
        [.. (await Task.WhenAll(lists).ConfigureAwait(false)).SelectMany(list => list)];
}
