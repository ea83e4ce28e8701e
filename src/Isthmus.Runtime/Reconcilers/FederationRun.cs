using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Global names, some or all: observe and plan once.</summary>
internal sealed class FederationRun(ClusterConnections connections, ReconcilerOptions options, ResolvedHosts hosts, TimeProvider time)
{
    private readonly FederationObserver _observer = new(connections, hosts, time);

    /// <param name="names">The names to look at; empty: all of the run's scope.</param>
    public async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken)
    {
        var scope = names.Count == 0 ? options.Scope.Names : FederationScope.Of([.. names]);
        var seen = await _observer.ObserveAsync(mesh, scope, names, state, cancellationToken).ConfigureAwait(false);
        var planned = FederationPlanner.Plan(mesh, seen.Snapshot);
        // What turned out to be needed is seen for the rest of the run: it may have written there itself.
        while ((planned.NeedsAllAddresses && !state.SeesAllAddresses) || (planned.NeedsPods && !state.SeesPods))
        {
            state.SeesAllAddresses |= planned.NeedsAllAddresses;
            state.SeesPods |= planned.NeedsPods;
            seen = await _observer.ObserveAsync(mesh, scope, names, state, cancellationToken).ConfigureAwait(false);
            planned = FederationPlanner.Plan(mesh, seen.Snapshot);
        }

        state.Gateways = GatewayHealth.Read(mesh.Name, seen.Snapshot.Clusters.Values.Select(cluster => cluster.GatewayHealth)).Within(mesh);
        // Each exporter is told on its own objects; whoever looks after the mesh is told by a full run that fails.
        if (names.Count == 0 && planned.Exhaustion is { } exhaustion)
            state.Fail(exhaustion);
        var plan = planned.Plan;
        if (names.Count == 0 && !options.AllowDeletes)
            plan = DeletionGuard.Apply(plan, cluster => mesh.Find(cluster) is { Leaving: true }, GoneExports.Of(mesh, seen.Snapshot.Clusters.Values.SelectMany(cluster => cluster.ServiceEntries)).Explains);
        // The namespace comes first in a plan's order, so that there is somewhere to write.
        var namespaces = mesh.Clusters.Where(cluster => seen.Namespaces.ContainsKey(cluster.Name))
            .Select(cluster => WebhookPlanner.PlanNamespace(mesh, cluster, seen.Namespaces[cluster.Name]));
        return plan.With(namespaces);
    }
}
