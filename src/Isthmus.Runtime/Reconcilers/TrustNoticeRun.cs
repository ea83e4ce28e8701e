using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Tells every cluster that signs with the mesh's CA what this run noticed about it. Observe and plan once.</summary>
internal sealed class TrustNoticeRun(ClusterConnections connections, TimeProvider time)
{
    public async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, RunState state, CancellationToken cancellationToken)
    {
        if (state.Notices.Count == 0)
            return Plan.Empty;
        var actions = await Task.WhenAll(clusters.Where(cluster => cluster is { HasOwnControlPlane: true, Leaving: false }).Select(cluster => state.TryAsync(
            cluster.Name, () => PlanAsync(connections.Get(cluster), mesh, state.Notices, cancellationToken)))).ConfigureAwait(false);
        return new Plan(actions.OfType<IReadOnlyList<PlannedAction>>().SelectMany(each => each));
    }

    private async Task<IReadOnlyList<PlannedAction>> PlanAsync(
        ClusterApi api, MeshDocument mesh, IReadOnlyCollection<TrustNotice> notices, CancellationToken cancellationToken)
    {
        var actions = new List<PlannedAction>();
        var ns = await api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Istio, cancellationToken).ConfigureAwait(false);
        if (ns is null || ns.IsTerminating())
            return actions;
        foreach (var notice in notices)
        {
            var id = TrustEvents.IdOf(api.Cluster, notice);
            if (await api.GetAsync(id.Kind, id.Namespace, id.Name, cancellationToken).ConfigureAwait(false) is null)
                actions.Add(TrustEvents.Warn(id, mesh.Name, notice, time.GetUtcNow()));
        }

        return actions;
    }
}
