using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Mirrored Services, some or all: observe and plan once.</summary>
internal sealed class MirrorRun(ClusterConnections connections, ReconcilerOptions options)
{
    /// <summary>All names.</summary>
    /// <param name="mesh">The document to go by.</param>
    /// <param name="keptOut">The clusters that their istiod will not read.</param>
    /// <param name="state">What the run has met so far.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    public Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlySet<ClusterName> keptOut, RunState state, CancellationToken cancellationToken) =>
        PlanAsync(mesh, [], keptOut, state, cancellationToken);

    /// <summary>Some names. What the last full run made of ranges that clash stands in the Secrets.</summary>
    public async Task<Plan> PlanAsync(MeshDocument mesh, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken) =>
        await PlanAsync(mesh, names, await UnreadAsync(mesh, state, cancellationToken).ConfigureAwait(false), state, cancellationToken).ConfigureAwait(false);

    private async Task<Plan> PlanAsync(
        MeshDocument mesh, IReadOnlyList<ServiceName> names, IReadOnlySet<ClusterName> keptOut, RunState state, CancellationToken cancellationToken)
    {
        var shared = ServedGroup.All(mesh).Where(group => group.IsShared).SelectMany(group => group.Clusters).Select(cluster => cluster.Name).ToHashSet();
        // What would be written is read in every cluster before anything that it is derived from (design, consistency rule 1).
        var mirrors = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        await EachAsync(mesh.Clusters.Where(cluster => names.Count == 0 || shared.Contains(cluster.Name)), state, async (cluster, api) =>
            mirrors[cluster.Name] = await MirrorsAsync(api, mesh, names, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var sources = new ConcurrentDictionary<ClusterName, (IReadOnlyList<JsonObject> Services, IReadOnlyList<JsonObject> Namespaces)>();
        await EachAsync(mesh.Clusters.Where(cluster => shared.Contains(cluster.Name)), state, async (cluster, api) =>
            sources[cluster.Name] = await SourcesAsync(api, names, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var views = mirrors.Where(entry => state.IsServed(entry.Key)).ToDictionary(entry => entry.Key, entry =>
        {
            var (services, namespaces) = sources.GetValueOrDefault(entry.Key, ([], []));
            return new MirrorView { Mirrors = entry.Value, Services = services, Namespaces = namespaces };
        });
        var scope = names.Count == 0 ? FederationScope.Everything : FederationScope.Of([.. names]);
        var plan = MirrorPlanner.Plan(mesh, new MirrorSnapshot { Scope = scope, Clusters = views, KeptOut = keptOut });
        return scope.IsEverything && !options.AllowDeletes ? DeletionGuard.Apply(plan, name => mesh.Find(name) is { Leaving: true }, GoneExports.Of(mesh, []).Explains) : plan;
    }

    /// <summary>The clusters that no Secret lets their istiod read; where it cannot be asked, all that it serves, so that nothing new begins.</summary>
    private async Task<IReadOnlySet<ClusterName>> UnreadAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        var groups = ServedGroup.All(mesh).Where(group => group.IsShared).ToList();
        var secrets = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        await EachAsync(groups.Select(group => group.ControlPlane), state, async (cluster, api) =>
            secrets[cluster.Name] = await api.ListAsync(ResourceKind.Secret, SystemNamespaces.Istio, $"{RemoteSecret.Label}=true", null, cancellationToken)
                .ConfigureAwait(false)).ConfigureAwait(false);
        return groups.SelectMany(group => group.Clusters.Where(cluster => RemoteSecretPlanner.IsServed(cluster)
                && !secrets.GetValueOrDefault(group.ControlPlane.Name, []).Any(secret => RemoteSecret.Holds(secret, cluster.Name))))
            .Select(cluster => cluster.Name).ToHashSet();
    }

    private async Task EachAsync(IEnumerable<MeshCluster> clusters, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    private static Task<IReadOnlyList<JsonObject>> MirrorsAsync(
        ClusterApi api, MeshDocument mesh, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken) =>
        names.Count == 0
            ? api.ListAsync(ResourceKind.Service, null, $"{Ownership.Selector(mesh.Name)},{MirrorPlanner.Selector}", null, cancellationToken)
            : NamedAsync(api, ResourceKind.Service, names.Select(name => ((string?)name.Namespace, name.Name)), cancellationToken);

    private static async Task<(IReadOnlyList<JsonObject> Services, IReadOnlyList<JsonObject> Namespaces)> SourcesAsync(
        ClusterApi api, IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        var services = names.Count == 0
            ? api.ListAsync(ResourceKind.Service, null, null, null, cancellationToken)
            : NamedAsync(api, ResourceKind.Service, names.Select(name => ((string?)name.Namespace, name.Name)), cancellationToken);
        var namespaces = names.Count == 0
            ? api.ListAsync(ResourceKind.Namespace, null, null, null, cancellationToken)
            : NamedAsync(api, ResourceKind.Namespace, names.Select(name => ((string?)null, name.Namespace)).Distinct(), cancellationToken);
        await Task.WhenAll(services, namespaces).ConfigureAwait(false);
        return (await services.ConfigureAwait(false), await namespaces.ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<JsonObject>> NamedAsync(
        ClusterApi api, ResourceKind kind, IEnumerable<(string? Namespace, string Name)> names, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(names.Select(name => api.GetAsync(kind, name.Namespace, name.Name, cancellationToken))).ConfigureAwait(false)).OfType<JsonObject>()];
}
