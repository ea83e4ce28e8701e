using System.Collections.Concurrent;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Status;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Checks;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.Status;

/// <summary>Looks at the clusters of a mesh document for the status. It writes nothing, and asks nobody else.</summary>
public sealed class StatusObserver(ClusterConnections connections, ResolvedHosts hosts, TimeProvider time)
{
    private readonly FederationObserver _names = new(connections, hosts, time);

    /// <summary>Throws <see cref="MeshDocumentException"/> where a newer document was applied than this one.</summary>
    public async Task<StatusSnapshot> ObserveAsync(MeshDocument mesh, CancellationToken cancellationToken)
    {
        try
        {
            // Private zones are told by their own kind of access, which the status does without.
            var state = new RunState();
            var sights = new ConcurrentDictionary<ClusterName, ClusterSight>();
            await Task.WhenAll(mesh.Clusters.Select(async cluster => sights[cluster.Name] = await LookAsync(mesh, cluster, cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
            foreach (var (name, sight) in sights)
            {
                if (sight.Silence is { } silence)
                    state.Fail(name, silence);
            }

            var names = await _names.ObserveAsync(mesh, FederationScope.Everything, [], state, cancellationToken).ConfigureAwait(false);
            var clusters = sights.ToDictionary(entry => entry.Key, entry => entry.Value with
            {
                Namespace = names.Namespaces.GetValueOrDefault(entry.Key),
                Silence = state.WhyNot(entry.Key),
            });
            return new StatusSnapshot(mesh, clusters, names.Snapshot);
        }
        catch (StaleDocumentException stale)
        {
            throw new MeshDocumentException(mesh.Name, [new MeshDocumentError("metadata.generation", 0, stale.Message)]);
        }
    }

    private async Task<ClusterSight> LookAsync(MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var api = connections.Get(cluster);
            var answer = await api.AskVersionAsync(cancellationToken).ConfigureAwait(false);
            if (!cluster.HasOwnControlPlane)
                return new ClusterSight { Answer = answer };
            var reader = new CheckReader(api);
            var istiods = await CheckObserver.IstiodsAsync(reader, cancellationToken).ConfigureAwait(false);
            var trust = mesh.Trust is null
                ? null
                : await reader.GuardAsync<TrustSnapshot>("the trust", async () => await TrustObserver.ReadAsync(api, mesh, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return new ClusterSight { Answer = answer, Istiods = istiods, Trust = trust, Unread = [.. reader.Unread] };
        }
        catch (Exception fault) when (fault is ClusterUnreachableException or ClusterApiException)
        {
            return new ClusterSight { Silence = fault.Message };
        }
    }
}
