using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Relay;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What clusters need to take part: our namespace, our webhooks and the relay. Observe and plan once.</summary>
internal sealed class SetupRun(ClusterConnections connections, WebhookSettings? settings, TimeProvider time)
{
    public async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, RunState state, CancellationToken cancellationToken)
    {
        var plans = await Task.WhenAll(clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var seen = await ObserveAsync(connections.Get(cluster), mesh, cluster, cancellationToken).ConfigureAwait(false);
            return WebhookPlanner.Plan(mesh, cluster, settings, seen);
        }))).ConfigureAwait(false);
        return plans.OfType<Plan>().Aggregate(Plan.Empty, (all, one) => all.With(one));
    }

    private async Task<ClusterSetupSnapshot> ObserveAsync(ClusterApi api, MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        var (injection, changes) = WebhookPlanner.Ids(cluster.Name);
        var ns = NamespaceObserver.ReadAsync(api, mesh, cancellationToken);
        var mutating = WebhooksAsync(api, injection, mesh, cancellationToken);
        var validating = WebhooksAsync(api, changes, mesh, cancellationToken);
        await Task.WhenAll(ns, mutating, validating).ConfigureAwait(false);
        var seen = new ClusterSetupSnapshot(await ns.ConfigureAwait(false), await mutating.ConfigureAwait(false), await validating.ConfigureAwait(false));
        return seen with { Relay = await RelayObserver.ReadAsync(api, cluster, [.. seen.MutatingWebhooks, .. seen.ValidatingWebhooks], time, cancellationToken).ConfigureAwait(false) };
    }

    // Ours by label, and whatever stands under the name that we want.
    private static async Task<IReadOnlyList<JsonObject>> WebhooksAsync(ClusterApi api, ObjectId wanted, MeshDocument mesh, CancellationToken cancellationToken)
    {
        var ours = await api.ListAsync(wanted.Kind, null, Ownership.Selector(mesh.Name), null, cancellationToken).ConfigureAwait(false);
        if (ours.Any(live => live.Name() == wanted.Name))
            return ours;
        var other = await api.GetAsync(wanted.Kind, null, wanted.Name, cancellationToken).ConfigureAwait(false);
        return other is null ? ours : [.. ours, other];
    }
}
