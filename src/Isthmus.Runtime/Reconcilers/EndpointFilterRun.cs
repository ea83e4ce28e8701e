using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The EnvoyFilters by which proxies ask us for endpoints: observe and plan once.</summary>
internal sealed class EndpointFilterRun(ClusterConnections connections, ReconcilerOptions options)
{
    public async Task<Plan> PlanAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        // What is written is read in every control plane before anything that it is derived from (design, consistency rule 1).
        var filters = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        await EachAsync(mesh.Clusters.Where(cluster => cluster.HasOwnControlPlane), state, async (cluster, api) =>
            filters[cluster.Name] = await api.ListAsync(ResourceKind.EnvoyFilter, SystemNamespaces.Istio, null, null, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var views = new ConcurrentDictionary<ClusterName, EndpointFilterView>();
        var asked = ServedGroup.All(mesh).Where(group => group.Clusters.Any(cluster => cluster.WebhookReach == WebhookReach.Relay)).SelectMany(group => group.Clusters).ToList();
        await EachAsync(asked, state, async (cluster, api) => views[cluster.Name] = await ViewAsync(api, cluster, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var rules = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        var deciding = asked.Where(cluster => views.GetValueOrDefault(cluster.Name)?.Marked.Count > 0).Select(cluster => mesh.Find(cluster.ControlPlane)).OfType<MeshCluster>();
        await EachAsync(deciding.DistinctBy(cluster => cluster.Name), state, async (cluster, api) =>
            rules[cluster.Name] = await api.ListAsync(ResourceKind.DestinationRule, null, null, null, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

        // One in whose group nobody has a relay was not asked: it marks nothing that could count.
        var seen = mesh.Clusters.Where(cluster => state.IsServed(cluster.Name)).ToDictionary(cluster => cluster.Name, cluster => new EndpointFilterView
        {
            Filters = filters.GetValueOrDefault(cluster.Name, []),
            DestinationRules = rules.GetValueOrDefault(cluster.Name, []),
            Marked = views.GetValueOrDefault(cluster.Name)?.Marked ?? [],
            Webhook = views.GetValueOrDefault(cluster.Name)?.Webhook,
        });
        var plan = EndpointFilterPlanner.Plan(mesh, new EndpointFilterSnapshot(seen));
        return options.AllowDeletes ? plan : DeletionGuard.Apply(plan, name => mesh.Find(name) is { Leaving: true });
    }

    private async Task EachAsync(IEnumerable<MeshCluster> clusters, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    private static async Task<EndpointFilterView> ViewAsync(ClusterApi api, MeshCluster cluster, CancellationToken cancellationToken)
    {
        // The mark may be an annotation, which no selector knows.
        var services = api.ListAsync(ResourceKind.Service, null, null, null, cancellationToken);
        var webhook = cluster.WebhookReach == WebhookReach.Relay
            ? api.GetAsync(ResourceKind.MutatingWebhookConfiguration, null, WebhookPlanner.Ids(cluster.Name).Injection.Name, cancellationToken)
            : Task.FromResult<JsonObject?>(null);
        await Task.WhenAll(services, webhook).ConfigureAwait(false);
        return new EndpointFilterView
        {
            Marked = [.. (await services.ConfigureAwait(false)).Where(EndpointMark.IsSet)],
            Webhook = await webhook.ConfigureAwait(false),
        };
    }
}
