using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.PrivateDns;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What was seen, and of each cluster the namespace of our objects.</summary>
internal sealed record FederationObservation(FederationSnapshot Snapshot, IReadOnlyDictionary<ClusterName, JsonObject?> Namespaces);

/// <summary>
/// Reads what federation is planned from: in every cluster first what is to be written, then, when all of that is read, what it is
/// derived from (design, consistency rule 1). The number of requests for one name depends on the clusters alone.
/// </summary>
internal sealed class FederationObserver(ClusterConnections connections, ResolvedHosts hosts, TimeProvider time)
{
    public async Task<FederationObservation> ObserveAsync(
        MeshDocument mesh, FederationScope scope, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hasPods = names.Count == 0 || state.SeesPods;
        var written = new ConcurrentDictionary<ClusterName, WrittenObjects>();
        var privateDns = PrivateDnsRun.ObserveAsync(connections.Arm, mesh, names, state, cancellationToken);
        await EachAsync(mesh, state, async (cluster, api) =>
            written[cluster.Name] = await WrittenObjects.ReadAsync(api, mesh, cluster, names, state, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var zones = await privateDns.ConfigureAwait(false);
        var sources = new ConcurrentDictionary<ClusterName, ExportSources>();
        await EachAsync(mesh, state, async (cluster, api) =>
            sources[cluster.Name] = await ExportSources.ReadAsync(api, cluster, names, FederationPlanner.ListsAllServices(mesh, cluster), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var clusters = written.Where(entry => state.IsServed(entry.Key) && sources.ContainsKey(entry.Key))
            .ToDictionary(entry => entry.Key, entry => Snapshot(entry.Value, sources[entry.Key], AddressHolders.None));
        var snapshot = new FederationSnapshot { Scope = scope, Clusters = clusters, HasPods = hasPods, Now = now };
        var window = scope.IsEverything || state.SeesAllAddresses ? null : AddressWindow.Of(mesh, snapshot);
        var holders = new ConcurrentDictionary<ClusterName, AddressHolders>();
        await EachAsync(mesh, state, async (cluster, api) =>
            holders[cluster.Name] = await AddressHolders.ReadAsync(api, cluster, scope, window, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        clusters = written.Where(entry => state.IsServed(entry.Key) && holders.ContainsKey(entry.Key) && sources.ContainsKey(entry.Key))
            .ToDictionary(entry => entry.Key, entry => Snapshot(entry.Value, sources[entry.Key], holders[entry.Key]));
        var gatewayNames = mesh.Clusters.Where(cluster => cluster.Gateway is not null && clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => cluster.Gateway is { } gateway ? GatewayAddress.ReadAll(gateway, clusters[cluster.Name].GatewayService, clusters[cluster.Name].Nodes) : [])
            .Where(address => address.IsName).Select(address => address.Host);
        var resolved = await hosts.CountAsync(gatewayNames, cancellationToken).ConfigureAwait(false);
        return new FederationObservation(
            new FederationSnapshot { Scope = scope, Clusters = clusters, KnownAddresses = window, HasPods = hasPods, Resolved = resolved, PrivateDns = zones, Now = now },
            clusters.Keys.ToDictionary(name => name, name => written[name].Namespace));
    }

    private async Task EachAsync(MeshDocument mesh, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(mesh.Clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    private static ClusterSnapshot Snapshot(WrittenObjects written, ExportSources sources, AddressHolders holders) => new()
    {
        ServiceEntries = written.ServiceEntries,
        DestinationRules = written.DestinationRules,
        Gateways = written.Gateways,
        DnsConfigMap = written.DnsConfigMap,
        OtherDnsConfigMaps = written.OtherDnsConfigMaps,
        AddressHolders = holders.ServiceEntries,
        RestingAddresses = holders.Resting,
        Services = sources.Services,
        ServiceExports = sources.ServiceExports,
        AllServices = sources.AllServices,
        Pods = sources.Pods,
        EndpointSlices = sources.EndpointSlices,
        GatewayService = sources.GatewayService,
        Nodes = sources.Nodes,
        IstioConfigMap = sources.IstioConfigMap,
        GatewayHealth = sources.GatewayHealth,
        ScopesGateways = sources.ScopesGateways,
    };
}
