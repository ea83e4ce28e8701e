using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Global names, some or all: observe and plan once.</summary>
internal sealed class FederationRun(ClusterConnections connections, ReconcilerOptions options, TimeProvider time)
{
    private readonly FederationObserver _observer = new(connections, time);

    /// <param name="names">The names to look at; empty: all of the run's scope.</param>
    public async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken)
    {
        var scope = names.Count == 0 ? options.Scope.Names : FederationScope.Of([.. names]);
        var seen = await _observer.ObserveAsync(mesh, scope, names, allAddresses: false, state, cancellationToken).ConfigureAwait(false);
        var planned = FederationPlanner.Plan(mesh, seen.Snapshot);
        if (planned.NeedsAllAddresses)
        {
            seen = await _observer.ObserveAsync(mesh, scope, names, allAddresses: true, state, cancellationToken).ConfigureAwait(false);
            planned = FederationPlanner.Plan(mesh, seen.Snapshot);
        }

        var plan = planned.Plan;
        if (names.Count == 0 && !options.AllowDeletes)
            plan = DeletionGuard.Apply(plan, cluster => mesh.Find(cluster) is { Leaving: true });
        // The namespace comes first in a plan's order, so that there is somewhere to write.
        var namespaces = mesh.Clusters.Where(cluster => seen.Namespaces.ContainsKey(cluster.Name))
            .Select(cluster => WebhookPlanner.PlanNamespace(mesh, cluster, seen.Namespaces[cluster.Name]));
        return namespaces.Aggregate(plan, (all, one) => all.With(one));
    }
}
