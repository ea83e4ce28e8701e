using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What our objects are derived from in one cluster: exported Services, what runs behind them, and the gateway.</summary>
internal sealed record ExportSources(
    IReadOnlyList<JsonObject> Services,
    IReadOnlyList<JsonObject> ServiceExports,
    IReadOnlyList<JsonObject> AllServices,
    IReadOnlyList<JsonObject> Pods,
    IReadOnlyList<JsonObject> EndpointSlices,
    JsonObject? GatewayService,
    IReadOnlyList<JsonObject> Nodes,
    JsonObject? IstioConfigMap,
    JsonObject? GatewayHealth,
    bool ScopesGateways)
{
    private const string Labelled = FederationNames.ExportLabel + "=true";
    private const string Declared = FederationNames.ExportedLabel + "=true," + FederationNames.ExportLabel + "!=true";

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
        var health = cluster.HasOwnControlPlane ? GatewayHealthStore.ReadAsync(api, cancellationToken) : Task.FromResult<JsonObject?>(null);
        var istiods = cluster.HasOwnControlPlane
            ? api.ListAsync(ResourceKind.Deployment, SystemNamespaces.Istio, "app=istiod", null, cancellationToken)
            : Task.FromResult<IReadOnlyList<JsonObject>>([]);
        var declared = DeclarationsAsync(api, names, cancellationToken);
        var found = names.Count == 0 ? AllAsync(api, cluster, allServices, cancellationToken) : NamedAsync(api, names, cancellationToken);
        await Task.WhenAll(declared, found).ConfigureAwait(false);
        var all = await found.ConfigureAwait(false);
        var declarations = await declared.ConfigureAwait(false);
        var services = await WithDeclaredAsync(api, cluster, Asked(all, cluster, names), declarations, cancellationToken).ConfigureAwait(false);
        var asked = declarations.Select(FederationNames.NameOf).ToHashSet();
        var behind = services.Where(service => FederationNames.IsExported(service) || asked.Contains(FederationNames.NameOf(service))).ToList();
        var pods = names.Count == 0 ? OfNamespacesAsync(api, ResourceKind.Pod, behind, PodsBehind.Trim, cancellationToken) : PodsBehindAsync(api, behind, cancellationToken);
        var slices = names.Count == 0
            ? OfNamespacesAsync(api, ResourceKind.EndpointSlice, behind, slice => slice, cancellationToken)
            : SlicesAsync(api, behind, cancellationToken);
        await Task.WhenAll(gateway, pods, slices, istio, health, istiods).ConfigureAwait(false);
        var (gatewayService, nodes) = await gateway.ConfigureAwait(false);
        return new ExportSources(
            services,
            declarations,
            allServices && names.Count == 0 ? all : [],
            await pods.ConfigureAwait(false),
            await slices.ConfigureAwait(false),
            gatewayService,
            nodes,
            await istio.ConfigureAwait(false) ?? await OfRevisionAsync(api, await istiods.ConfigureAwait(false), cancellationToken).ConfigureAwait(false),
            await health.ConfigureAwait(false),
            (await istiods.ConfigureAwait(false)).Any(ScopesGatewaysOf));
    }

    private static async Task<IReadOnlyList<JsonObject>> DeclarationsAsync(ClusterApi api, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        if (await api.ServedAsync(ResourceKind.ServiceExport, FederationNames.ServiceExportVersions, cancellationToken).ConfigureAwait(false) is not { } kind)
            return [];
        if (names.Count == 0)
            return await api.ListAsync(kind, null, null, null, cancellationToken).ConfigureAwait(false);
        var found = await Task.WhenAll(names.Select(name => api.GetAsync(kind, name.Namespace, name.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static async Task<IReadOnlyList<JsonObject>> AllAsync(ClusterApi api, MeshCluster cluster, bool allServices, CancellationToken cancellationToken)
    {
        // What was withdrawn keeps its address; a cluster that leaves keeps nothing, so there every Service is looked at.
        if (cluster.Leaving || allServices)
            return await api.ListAsync(ResourceKind.Service, null, null, null, cancellationToken).ConfigureAwait(false);
        return await ConcatAsync([
            api.ListAsync(ResourceKind.Service, null, Labelled, null, cancellationToken),
            api.ListAsync(ResourceKind.Service, null, Declared, null, cancellationToken),
        ]).ConfigureAwait(false);
    }

    private static IReadOnlyList<JsonObject> Asked(IReadOnlyList<JsonObject> all, MeshCluster cluster, IReadOnlyList<ServiceName> names) =>
        names.Count > 0 || cluster.Leaving
            ? all
            : [.. all.Where(service => service.Label(FederationNames.ExportLabel) == "true" || service.Label(FederationNames.ExportedLabel) == "true")];

    // A Service that a ServiceExport names for the first time does not carry the label's twin yet.
    private static async Task<IReadOnlyList<JsonObject>> WithDeclaredAsync(
        ClusterApi api, MeshCluster cluster, IReadOnlyList<JsonObject> services, IReadOnlyList<JsonObject> declarations, CancellationToken cancellationToken)
    {
        var known = services.Select(FederationNames.NameOf).ToHashSet();
        var missing = declarations.Select(FederationNames.NameOf).Where(name => !known.Contains(name) && cluster.AllowsExportFrom(name.Namespace));
        return [.. services, .. await NamedAsync(api, [.. missing], cancellationToken).ConfigureAwait(false)];
    }

    // Without a default revision each istiod has a ConfigMap with its revision's name. Revisions beside each other are of one trust domain.
    private static async Task<JsonObject?> OfRevisionAsync(ClusterApi api, IReadOnlyList<JsonObject> istiods, CancellationToken cancellationToken) =>
        istiods.Select(istiod => istiod.Label("istio.io/rev")).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault() is { Length: > 0 } revision
            ? await api.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, $"istio-{revision}", cancellationToken).ConfigureAwait(false)
            : null;

    // With several revisions beside each other the strictest counts: a Gateway in the gateway's namespace suits all of them.
    private static bool ScopesGatewaysOf(JsonObject istiod) =>
        IstiodDeployment.Environment(istiod).TryGetValue("PILOT_SCOPE_GATEWAY_TO_NAMESPACE", out var value) && bool.TryParse(value, out var scopes) && scopes;

    private static async Task<IReadOnlyList<JsonObject>> NamedAsync(
        ClusterApi api, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(names.Select(name => api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>()];
    }

    private static Task<IReadOnlyList<JsonObject>> OfNamespacesAsync(
        ClusterApi api, ResourceKind kind, List<JsonObject> services, Func<JsonObject, JsonObject> keep, CancellationToken cancellationToken) =>
        ConcatAsync(services.Select(service => service.NamespaceName()).Distinct().Select(ns => api.ListAsync(kind, ns, null, null, keep, cancellationToken)));

    // Behind a Service without selector may stand any pod of its namespace: its EndpointSlices tell which.
    private static Task<IReadOnlyList<JsonObject>> PodsBehindAsync(ClusterApi api, List<JsonObject> services, CancellationToken cancellationToken) =>
        ConcatAsync(services.Select(service => api.ListAsync(
            ResourceKind.Pod,
            service.NamespaceName(),
            PodsBehind.Selector(service) is { Count: > 0 } selector ? string.Join(',', selector.Select(label => $"{label.Key}={label.Value}")) : null,
            null,
            PodsBehind.Trim,
            cancellationToken)));

    private static Task<IReadOnlyList<JsonObject>> SlicesAsync(ClusterApi api, List<JsonObject> services, CancellationToken cancellationToken) =>
        ConcatAsync(services.Select(service => api.ListAsync(
            ResourceKind.EndpointSlice, service.NamespaceName(), $"kubernetes.io/service-name={service.Name()}", null, cancellationToken)));

    /// <summary>The gateway's Service and, where it is reached through them, the nodes.</summary>
    public static async Task<(JsonObject? Service, IReadOnlyList<JsonObject> Nodes)> GatewayAsync(
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
