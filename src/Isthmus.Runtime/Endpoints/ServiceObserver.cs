using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Reads once what one service's endpoints depend on, in every cluster of a control plane.</summary>
public sealed class ServiceObserver(ClusterConnections connections)
{
    // v1beta1 is served by every Istio from 1.5 on.
    private static readonly ResourceKind PeerAuthentication = new("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true);

    public async Task<ServiceObservation> ReadAsync(MeshDocument mesh, MeshCluster cluster, ServiceName service, CancellationToken cancellationToken)
    {
        var controlPlane = mesh.Find(cluster.ControlPlane) ?? cluster;
        var views = new ConcurrentBag<ServiceView>();
        var failures = new ConcurrentBag<string>();
        var policies = ServicePolicies.None;
        var reads = ServedGroup.Of(mesh, controlPlane).Clusters.Select(member => TryAsync(member, failures, async api =>
            views.Add(await ViewAsync(api, member, service, cancellationToken).ConfigureAwait(false))));
        await Task.WhenAll([.. reads, TryAsync(controlPlane, failures, async api =>
            policies = await PoliciesAsync(api, cancellationToken).ConfigureAwait(false))]).ConfigureAwait(false);
        return new ServiceObservation([.. views], policies, [.. failures.Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>The pod and the nodes of its cluster; null where there is no such pod.</summary>
    public async Task<(JsonObject Pod, IReadOnlyList<JsonObject> Nodes)?> PodAsync(MeshCluster cluster, string ns, string name, CancellationToken cancellationToken)
    {
        var api = connections.Get(cluster);
        if (await api.GetAsync(ResourceKind.Pod, ns, name, cancellationToken).ConfigureAwait(false) is not { } pod) return null;
        return (pod, await api.ListAsync(ResourceKind.Node, null, null, null, cancellationToken).ConfigureAwait(false));
    }

    private async Task TryAsync(MeshCluster cluster, ConcurrentBag<string> failures, Func<ClusterApi, Task> read)
    {
        try
        {
            await read(connections.Get(cluster)).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is ClusterUnreachableException or ClusterApiException)
        {
            failures.Add(fault.Message);
        }
    }

    private static async Task<ServiceView> ViewAsync(ClusterApi api, MeshCluster cluster, ServiceName name, CancellationToken cancellationToken)
    {
        var service = api.GetAsync(ResourceKind.Service, name.Namespace, name.Name, cancellationToken);
        var slices = api.ListAsync(ResourceKind.EndpointSlice, name.Namespace, $"kubernetes.io/service-name={name.Name}", null, cancellationToken);
        var pods = api.ListAsync(ResourceKind.Pod, name.Namespace, null, null, cancellationToken);
        var nodes = api.ListAsync(ResourceKind.Node, null, null, null, cancellationToken);
        var root = api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Istio, cancellationToken);
        var gateway = cluster.Gateway?.Service is { } place
            ? api.GetAsync(ResourceKind.Service, place.Namespace, place.Name, cancellationToken)
            : Task.FromResult<JsonObject?>(null);
        await Task.WhenAll(service, slices, pods, nodes, root, gateway).ConfigureAwait(false);
        return new ServiceView
        {
            Cluster = cluster,
            Service = await service.ConfigureAwait(false),
            EndpointSlices = [.. (await slices.ConfigureAwait(false)).Select(EndpointSlice.Read)],
            Pod = PodsOf(await pods.ConfigureAwait(false)).GetValueOrDefault,
            Nodes = await nodes.ConfigureAwait(false),
            RootNamespace = await root.ConfigureAwait(false),
            GatewayService = await gateway.ConfigureAwait(false),
        };
    }

    private static Dictionary<string, EndpointPod> PodsOf(IReadOnlyList<JsonObject> pods) => pods.ToDictionary(pod => pod.Name(), EndpointPod.Read, StringComparer.Ordinal);

    private static async Task<ServicePolicies> PoliciesAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var rules = api.ListAsync(ResourceKind.DestinationRule, null, null, null, cancellationToken);
        var peers = api.ListAsync(PeerAuthentication, null, null, null, cancellationToken);
        var config = api.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, "istio", cancellationToken);
        await Task.WhenAll(rules, peers, config).ConfigureAwait(false);
        return new ServicePolicies
        {
            DestinationRules = await rules.ConfigureAwait(false),
            PeerAuthentications = await peers.ConfigureAwait(false),
            MeshConfig = PolicyFeeds.ReadMeshConfig(await config.ConfigureAwait(false)),
        };
    }
}
