using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.Gateways;

/// <summary>One cluster's gateway as the probe takes it.</summary>
/// <param name="Cluster">Whose gateway.</param>
/// <param name="Addresses">Where to connect.</param>
/// <param name="ServerNames">The SNI of exported services, best first; none: there is nothing to probe with.</param>
/// <param name="IsReady">Whether a pod should answer behind them, so that a closed connection tells of the gateway.</param>
internal sealed record GatewayTarget(ClusterName Cluster, ImmutableArray<GatewayAddress> Addresses, ImmutableSortedSet<string> ServerNames, bool IsReady)
{
    // A second one in case the first loses its pods between two looks.
    private const int MostNames = 2;

    // Enough to find two with pods in all but odd cases, and few enough to ask for every minute.
    private const int MostCandidates = 8;

    /// <summary>What is known of a cluster whose API is silent: nothing tells against its pods.</summary>
    public static GatewayTarget Remembered(MeshCluster cluster, ClusterGatewayHealth known) => new(
        cluster.Name,
        cluster.Gateway is { Addresses.IsEmpty: false } given ? GatewayAddress.ReadAll(given, null, []) : [.. known.Addresses.Keys],
        known.ServerNames,
        IsReady: true);

    public static async Task<GatewayTarget> ReadAsync(ClusterApi api, MeshCluster cluster, ClusterGatewayHealth known, CancellationToken cancellationToken)
    {
        var gateway = cluster.Gateway ?? throw new InvalidOperationException("A cluster without a gateway is not probed.");
        var (service, nodes) = await ExportSources.GatewayAsync(api, cluster, cancellationToken).ConfigureAwait(false);
        var addresses = GatewayAddress.ReadAll(gateway, service, nodes);
        var kept = await ReadyAsync(api, await NamedAsync(api, known.ServerNames, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        // What was probed with and is still exported and ready stays, so that nothing is written.
        if (kept.Count == known.ServerNames.Count && kept.Count > 0)
            return new GatewayTarget(cluster.Name, addresses, known.ServerNames, IsReady: true);
        var exported = await api.ListAsync(ResourceKind.Service, null, $"{FederationNames.ExportLabel}=true", null, cancellationToken).ConfigureAwait(false);
        var candidates = exported.Where(found => FederationNames.IsExported(found) && cluster.AllowsExportFrom(found.NamespaceName() ?? "") && !ServicePort.ReadAll(found).IsEmpty)
            .OrderBy(FederationNames.NameOf).Take(MostCandidates).ToList();
        var ready = await ReadyAsync(api, candidates, cancellationToken).ConfigureAwait(false);
        var chosen = (ready.Count > 0 ? ready : candidates).Take(MostNames).Select(found => ServerName(cluster, found));
        return new GatewayTarget(cluster.Name, addresses, [.. chosen], ready.Count > 0);
    }

    private static string ServerName(MeshCluster cluster, JsonObject service) =>
        GatewayProbe.ServerName($"{service.Name()}.{service.NamespaceName()}.svc.{cluster.ClusterDomain}", ServicePort.ReadAll(service)[0].Number);

    private static async Task<IReadOnlyList<JsonObject>> NamedAsync(ClusterApi api, IEnumerable<string> serverNames, CancellationToken cancellationToken)
    {
        // outbound_.PORT_._.SERVICE.NAMESPACE.svc.DOMAIN
        var names = serverNames.Select(name => name.Split('.')).Where(parts => parts.Length > 5).Select(parts => new ServiceName(parts[4], parts[3]));
        var found = await Task.WhenAll(names.Select(name => api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<JsonObject>().Where(FederationNames.IsExported)];
    }

    private static async Task<IReadOnlyList<JsonObject>> ReadyAsync(ClusterApi api, IReadOnlyList<JsonObject> services, CancellationToken cancellationToken)
    {
        var slices = await Task.WhenAll(services.Select(service => api.ListAsync(
            ResourceKind.EndpointSlice, service.NamespaceName(), $"kubernetes.io/service-name={service.Name()}", null, cancellationToken))).ConfigureAwait(false);
        return [.. services.Zip(slices).Where(pair => pair.Second.Sum(EndpointSlices.Ready) > 0).Select(pair => pair.First)];
    }
}
