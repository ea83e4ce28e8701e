using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What was seen, and of each cluster the namespace of our objects.</summary>
internal sealed record FederationObservation(FederationSnapshot Snapshot, IReadOnlyDictionary<ClusterName, JsonObject?> Namespaces);

/// <summary>
/// Reads what federation is planned from: in every cluster first what is to be written, then, when all of that is read, what it is
/// derived from (design, consistency rule 1). The number of requests for one name depends on the clusters alone.
/// </summary>
internal sealed class FederationObserver(ClusterConnections connections, TimeProvider time)
{
    // Enough that all of them are taken only in a range that is nearly full.
    private const int ProbedAddresses = 16;

    public async Task<FederationObservation> ObserveAsync(
        MeshDocument mesh, FederationScope scope, IReadOnlyList<ServiceName> names, bool allAddresses, RunState state, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var written = new ConcurrentDictionary<ClusterName, WrittenObjects>();
        await EachAsync(mesh, state, async (cluster, api) =>
            written[cluster.Name] = await WrittenObjects.ReadAsync(api, mesh, cluster, names, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var sources = new ConcurrentDictionary<ClusterName, ExportSources>();
        await EachAsync(mesh, state, async (cluster, api) =>
            sources[cluster.Name] = await ExportSources.ReadAsync(api, cluster, names, FederationPlanner.ListsAllServices(mesh, cluster), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var (holders, known) = scope.IsEverything
            ? (new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>(), null)
            : await HoldersAsync(mesh, names, allAddresses, written, sources, state, cancellationToken).ConfigureAwait(false);
        var clusters = written.Where(entry => state.IsServed(entry.Key) && sources.ContainsKey(entry.Key))
            .ToDictionary(entry => entry.Key, entry => Snapshot(entry.Value, sources[entry.Key], holders.GetValueOrDefault(entry.Key) ?? []));
        return new FederationObservation(
            new FederationSnapshot { Scope = scope, Clusters = clusters, KnownAddresses = known, Now = now },
            clusters.Keys.ToDictionary(name => name, name => written[name].Namespace));
    }

    private async Task<(ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>> Holders, IReadOnlySet<string>? Known)> HoldersAsync(
        MeshDocument mesh,
        IReadOnlyList<ServiceName> names,
        bool allAddresses,
        ConcurrentDictionary<ClusterName, WrittenObjects> written,
        ConcurrentDictionary<ClusterName, ExportSources> sources,
        RunState state,
        CancellationToken cancellationToken)
    {
        var held = written.Values.SelectMany(objects => objects.ServiceEntries).Select(AddressClaim.OfServiceEntry)
            .Concat(sources.Values.SelectMany(source => source.Services).Select(AddressClaim.OfService))
            .OfType<AddressClaim>().Where(claim => names.Contains(claim.Service)).Select(claim => claim.Address);
        var range = new VirtualAddressRange(mesh.AddressRange);
        var window = names.SelectMany(name => range.Candidates(name.GlobalHost(mesh.Domain)).Take(ProbedAddresses)).Concat(held)
            .ToHashSet(StringComparer.Ordinal);
        var selector = allAddresses
            ? FederationNames.AddressLabel
            : $"{FederationNames.AddressLabel} in ({string.Join(',', window.Order(StringComparer.Ordinal))})";
        var holders = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        await EachAsync(mesh, state, async (cluster, api) =>
        {
            if (cluster.HasOwnControlPlane)
                holders[cluster.Name] = await api.ListAsync(ResourceKind.ServiceEntry, SystemNamespaces.Isthmus, selector, null, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (holders, allAddresses ? null : window);
    }

    private async Task EachAsync(MeshDocument mesh, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(mesh.Clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    private static ClusterSnapshot Snapshot(WrittenObjects written, ExportSources sources, IReadOnlyList<JsonObject> holders) => new()
    {
        ServiceEntries = written.ServiceEntries,
        DestinationRules = written.DestinationRules,
        Gateways = written.Gateways,
        DnsConfigMap = written.DnsConfigMap,
        FormerDnsConfigMaps = written.FormerDnsConfigMaps,
        AddressHolders = holders,
        Services = sources.Services,
        AllServices = sources.AllServices,
        Pods = sources.Pods,
        EndpointSlices = sources.EndpointSlices,
        GatewayService = sources.GatewayService,
        Nodes = sources.Nodes,
        IstioConfigMap = sources.IstioConfigMap,
    };
}
