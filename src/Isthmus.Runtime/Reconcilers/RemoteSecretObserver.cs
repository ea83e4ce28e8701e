using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Reads what remote secrets are planned from: in every cluster first the Secrets, then the account.</summary>
internal sealed class RemoteSecretObserver(ClusterConnections connections, TimeProvider time)
{
    public async Task<RemoteSecretSnapshot> ObserveAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        var secrets = new ConcurrentDictionary<ClusterName, IReadOnlyList<JsonObject>>();
        await EachAsync(mesh.Clusters, state, async (cluster, api) =>
            secrets[cluster.Name] = await SecretsAsync(api, mesh, cluster, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var readers = new ConcurrentDictionary<ClusterName, ReaderSnapshot>();
        await EachAsync(mesh.Clusters, state, async (cluster, api) =>
            readers[cluster.Name] = await ReaderAsync(api, mesh, cluster, secrets.GetValueOrDefault(cluster.ControlPlane) ?? [], cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        return new RemoteSecretSnapshot
        {
            Readers = readers.Where(entry => state.IsServed(entry.Key)).ToDictionary(),
            Secrets = secrets.Where(entry => state.IsServed(entry.Key)).ToDictionary(),
            Now = time.GetUtcNow(),
        };
    }

    private async Task EachAsync(IEnumerable<MeshCluster> clusters, RunState state, Func<MeshCluster, ClusterApi, Task> read) =>
        await Task.WhenAll(clusters.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            await read(cluster, api).ConfigureAwait(false);
            return api;
        }))).ConfigureAwait(false);

    /// <summary>Every Secret that istiod reads clusters by, and whatever stands under a name that we want.</summary>
    private static async Task<IReadOnlyList<JsonObject>> SecretsAsync(ClusterApi api, MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        await NamespaceObserver.ReadAsync(api, mesh, cancellationToken).ConfigureAwait(false);
        var wanted = mesh.Clusters.Where(other => RemoteSecretPlanner.IsServed(other) && other.ControlPlane == cluster.Name)
            .Select(other => RemoteSecret.Id(cluster.Name, other.Name));
        return await WithWantedAsync(api, ResourceKind.Secret, SystemNamespaces.Istio, $"{RemoteSecret.Label}=true", wanted, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ReaderSnapshot> ReaderAsync(
        ClusterApi api, MeshDocument mesh, MeshCluster cluster, IReadOnlyList<JsonObject> secrets, CancellationToken cancellationToken)
    {
        var selector = $"{Ownership.Selector(mesh.Name)},{ReaderAccount.Label}";
        var wanted = RemoteSecretPlanner.IsServed(cluster) ? ReaderAccount.Desired(mesh, cluster).Select(item => item.Id).ToList() : [];
        var accounts = ReadAsync(ResourceKind.ServiceAccount, SystemNamespaces.Isthmus);
        var roles = ReadAsync(ResourceKind.ClusterRole, null);
        var bindings = ReadAsync(ResourceKind.ClusterRoleBinding, null);
        await Task.WhenAll(accounts, roles, bindings).ConfigureAwait(false);
        var seen = new ReaderSnapshot
        {
            Accounts = await accounts.ConfigureAwait(false),
            Roles = await roles.ConfigureAwait(false),
            Bindings = await bindings.ConfigureAwait(false),
            Address = cluster.ApiServer is { } server ? api.Address with { Server = server } : api.Address,
        };
        return seen with { IsTokenRefused = await IsTokenRefusedAsync(api, mesh, cluster, seen, secrets, cancellationToken).ConfigureAwait(false) };

        Task<IReadOnlyList<JsonObject>> ReadAsync(ResourceKind kind, string? ns) =>
            WithWantedAsync(api, kind, ns, selector, wanted.Where(id => id.Kind == kind), cancellationToken);
    }

    /// <summary>A token can die early: the account was made anew, or the server has other keys. Asking once a run finds that.</summary>
    private static async Task<bool> IsTokenRefusedAsync(
        ClusterApi api, MeshDocument mesh, MeshCluster cluster, ReaderSnapshot seen, IReadOnlyList<JsonObject> secrets, CancellationToken cancellationToken)
    {
        var id = RemoteSecret.Id(cluster.ControlPlane, cluster.Name);
        return RemoteSecretPlanner.IsServed(cluster)
            && secrets.FirstOrDefault(secret => secret.Name() == id.Name && Ownership.IsOurs(secret, mesh.Name)) is { } secret
            && RemoteSecret.TokenOf(secret, cluster.Name, RemoteSecretPlanner.AccountOf(mesh, cluster, seen)?.Uid()) is { } token
            && !await ReaderTokens.IsKnownAsync(api, token, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<JsonObject>> WithWantedAsync(
        ClusterApi api, ResourceKind kind, string? ns, string selector, IEnumerable<ObjectId> wanted, CancellationToken cancellationToken)
    {
        var found = await api.ListAsync(kind, ns, selector, null, cancellationToken).ConfigureAwait(false);
        var missing = wanted.Where(id => !found.Any(live => live.Name() == id.Name)).ToList();
        var others = await Task.WhenAll(missing.Select(id => api.GetAsync(id.Kind, id.Namespace, id.Name, cancellationToken))).ConfigureAwait(false);
        return [.. found, .. others.OfType<JsonObject>()];
    }
}
