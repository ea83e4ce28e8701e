using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Logging;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.Gateways;

/// <summary>
/// Probes every gateway, keeps the results in the clusters, and asks for a new look at the names that lead elsewhere now. It tells a
/// gateway's health apart from its API server's: a gateway is probed with what was last known of it while the API is silent.
/// </summary>
public sealed class GatewayReconciler(
    IMeshDocumentSource documents, ClusterConnections connections, IMeshEventPublisher publisher, GatewayProbeOptions options, TimeProvider time)
{
    private readonly GatewayRound _round = new(options, time);

    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = new RunState();
        var known = GatewayHealth.Read(mesh.Name, (await CopiesAsync(mesh, state, cancellationToken).ConfigureAwait(false)).Values.Select(copy => copy.Health));
        var targets = await TargetsAsync(mesh, known, state, cancellationToken).ConfigureAwait(false);
        var findings = await _round.RunAsync(targets, known, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var fresh = GatewayHealthPlanner.Next(known, findings, now).Within(mesh);
        var changed = GatewayHealthPlanner.Changed(known, fresh);
        var isOurs = IsOurOwnTrouble(mesh, known, fresh, state);
        if (!isOurs)
            Tell(fresh);
        if (isOurs)
            state.Fail("no gateway answers any more and no API server either: the fault is rather this network's, so nothing is held against the gateways");
        else
            return await KeepAsync(mesh, state, findings, now, changed, cancellationToken).ConfigureAwait(false);
        return state.Report(Plan.Empty, isDryRun: false);
    }

    private async Task<RunReport> KeepAsync(
        MeshDocument mesh, RunState state, IReadOnlyList<GatewayFinding> findings, DateTimeOffset now, IReadOnlyCollection<ClusterName> changed, CancellationToken cancellationToken)
    {
        var report = await new ReconcileLoop(connections, time).RunAsync(
            mesh,
            state,
            options.Budget,
            isDryRun: false,
            async token =>
            {
                // The copies are read anew, since another instance may have written: its later news are not undone.
                var copies = await CopiesAsync(mesh, state, token).ConfigureAwait(false);
                var health = GatewayHealthPlanner.Next(GatewayHealth.Read(mesh.Name, copies.Values.Select(copy => copy.Health)), findings, now).Within(mesh);
                var namespaces = mesh.Clusters.Where(cluster => copies.ContainsKey(cluster.Name))
                    .Select(cluster => WebhookPlanner.PlanNamespace(mesh, cluster, copies[cluster.Name].Namespace));
                return namespaces.Aggregate(GatewayHealthPlanner.Plan(mesh, health, copies.ToDictionary(copy => copy.Key, copy => copy.Value.Health)), (all, one) => all.With(one));
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var cluster in changed)
            await NameEvents.PublishAsync(publisher, cluster, await NamesAsync(mesh, cluster, state, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return report;
    }

    private static void Tell(GatewayHealth health)
    {
        foreach (var (cluster, addresses) in health.Clusters)
            MeshMetrics.Gateway(cluster, addresses.Addresses.Count(address => address.Value.State == GatewayState.Down));
    }

    /// <summary>Several gateways that fail at once while no API server answers say more of us than of them.</summary>
    private static bool IsOurOwnTrouble(MeshDocument mesh, GatewayHealth before, GatewayHealth after, RunState state) =>
        mesh.Clusters.All(cluster => !state.IsServed(cluster.Name)) && after.Down.Except(before.Down).Count > 1
            && after.Clusters.Values.SelectMany(cluster => cluster.Addresses.Values).All(record => record.State != GatewayState.Up);

    private async Task<IReadOnlyDictionary<ClusterName, (JsonObject? Namespace, JsonObject? Health)>> CopiesAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        var copies = new ConcurrentDictionary<ClusterName, (JsonObject? Namespace, JsonObject? Health)>();
        await Task.WhenAll(mesh.Clusters.Where(cluster => cluster is { HasOwnControlPlane: true, Leaving: false }).Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            var ns = NamespaceObserver.ReadAsync(api, mesh, cancellationToken);
            var health = GatewayHealthStore.ReadAsync(api, cancellationToken);
            await Task.WhenAll(ns, health).ConfigureAwait(false);
            copies[cluster.Name] = (await ns.ConfigureAwait(false), await health.ConfigureAwait(false));
            return api;
        }))).ConfigureAwait(false);
        return copies;
    }

    private async Task<IReadOnlyList<GatewayTarget>> TargetsAsync(MeshDocument mesh, GatewayHealth known, RunState state, CancellationToken cancellationToken) =>
        await Task.WhenAll(mesh.Clusters.Where(cluster => cluster is { Leaving: false, Gateway: not null }).Select(async cluster =>
            await state.TryAsync(cluster.Name, () => GatewayTarget.ReadAsync(connections.Get(cluster), cluster, known.Of(cluster.Name), cancellationToken)).ConfigureAwait(false)
            ?? GatewayTarget.Remembered(cluster, known.Of(cluster.Name)))).ConfigureAwait(false);

    /// <summary>The names that a cluster is known to export, from any control plane that answers.</summary>
    private async Task<IReadOnlyCollection<ServiceName>> NamesAsync(MeshDocument mesh, ClusterName exporter, RunState state, CancellationToken cancellationToken)
    {
        var names = new ConcurrentDictionary<ServiceName, bool>();
        await Task.WhenAll(mesh.Clusters.Where(cluster => cluster is { HasOwnControlPlane: true, Leaving: false }).Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            foreach (var entry in await api.ListAsync(ResourceKind.ServiceEntry, SystemNamespaces.Isthmus, Ownership.Selector(mesh.Name), null, cancellationToken).ConfigureAwait(false))
            {
                if (KnownExporters.ServiceOf(entry) is { } name && KnownExporters.Remembers(entry, exporter))
                    names[name] = true;
            }

            return api;
        }))).ConfigureAwait(false);
        return [.. names.Keys.Order()];
    }
}
