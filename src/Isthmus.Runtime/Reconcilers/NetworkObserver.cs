using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Reads what networks are planned from: in every cluster first what is to be written, then its gateway.</summary>
internal sealed class NetworkObserver(ClusterConnections connections)
{
    public async Task<NetworkSnapshot> ObserveAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        var written = new ConcurrentDictionary<ClusterName, NetworkView>();
        await EachAsync(mesh, state, async (cluster, api) =>
            written[cluster.Name] = await WrittenAsync(api, mesh, cluster, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var complete = new ConcurrentDictionary<ClusterName, NetworkView>();
        await EachAsync(mesh, state, async (cluster, api) =>
        {
            var isThree = mesh.Find(cluster.ControlPlane) is { } controlPlane && ServedGroup.Of(mesh, controlPlane).HasSeveralNetworks;
            var view = written[cluster.Name];
            complete[cluster.Name] = isThree && cluster.Gateway is { } gateway
                ? await WithGatewayAsync(api, gateway, view, cancellationToken).ConfigureAwait(false)
                : view;
        }).ConfigureAwait(false);
        return new NetworkSnapshot(complete.Where(entry => state.IsServed(entry.Key)).ToDictionary());
    }

    private async Task EachAsync(MeshDocument mesh, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(mesh.Clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    private static async Task<NetworkView> WrittenAsync(ClusterApi api, MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        var root = api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Istio, cancellationToken);
        // A cluster that is served now may have had its own istiod, and hold what that one read.
        var configMaps = api.ListAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, null, null, cancellationToken);
        var gateways = api.ListAsync(ResourceKind.Gateway, null, cluster.HasOwnControlPlane ? null : NetworkPlanner.GatewaySelector(mesh), null, cancellationToken);
        await Task.WhenAll(root, configMaps, gateways).ConfigureAwait(false);
        return new NetworkView
        {
            RootNamespace = await root.ConfigureAwait(false),
            MeshConfigMaps = [.. (await configMaps.ConfigureAwait(false)).Where(NetworkPlanner.IsMeshConfig)],
            Gateways = await gateways.ConfigureAwait(false),
        };
    }

    private static async Task<NetworkView> WithGatewayAsync(ClusterApi api, MeshGateway gateway, NetworkView view, CancellationToken cancellationToken)
    {
        var service = gateway.Service is { } name
            ? await api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken).ConfigureAwait(false)
            : null;
        var nodes = GatewayAddress.IsNodePort(service)
            ? await api.ListAsync(ResourceKind.Node, null, null, null, cancellationToken).ConfigureAwait(false)
            : (IReadOnlyList<JsonObject>)[];
        var selector = string.Join(',', GatewayAddress.Selector(gateway, service).Select(label => $"{label.Key}={label.Value}"));
        var pods = await api.ListAsync(ResourceKind.Pod, gateway.Service?.Namespace, selector, null, cancellationToken).ConfigureAwait(false);
        return view with { GatewayService = service, Nodes = nodes, GatewayPods = pods };
    }
}
