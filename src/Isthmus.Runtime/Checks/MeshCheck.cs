using System.Collections.Concurrent;
using System.Collections.Immutable;
using Isthmus.Core.Checks;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Checks;

/// <summary>The preflight: looks at the clusters beside each other, then goes through the rules.</summary>
public sealed class MeshCheck(ClusterConnections connections, TimeProvider time)
{
    private readonly CheckObserver _observer = new(connections);

    /// <param name="mesh">The document.</param>
    /// <param name="only">The clusters to look at; empty: all.</param>
    /// <param name="done">Told of each cluster that was looked at.</param>
    /// <param name="cancellationToken">Ends the check at once.</param>
    public async Task<ImmutableArray<CheckFinding>> RunAsync(
        MeshDocument mesh, IReadOnlyCollection<ClusterName> only, Action<ClusterName>? done, CancellationToken cancellationToken)
    {
        var seen = new ConcurrentDictionary<ClusterName, ClusterCheckSnapshot>();
        await Task.WhenAll(mesh.Clusters.Where(cluster => only.Count == 0 || only.Contains(cluster.Name)).Select(async cluster =>
        {
            seen[cluster.Name] = await _observer.ObserveAsync(mesh, cluster, cancellationToken).ConfigureAwait(false);
            done?.Invoke(cluster.Name);
        })).ConfigureAwait(false);
        var refused = await RefusedTokensAsync(mesh, seen, cancellationToken).ConfigureAwait(false);
        return MeshChecks.Run(new CheckSnapshot(mesh, seen, time.GetUtcNow()) { RefusedTokens = refused });
    }

    /// <summary>Each API server is asked with the token that its istiod holds: one that died early shows nowhere else.</summary>
    private async Task<IReadOnlySet<ClusterName>> RefusedTokensAsync(
        MeshDocument mesh, IReadOnlyDictionary<ClusterName, ClusterCheckSnapshot> seen, CancellationToken cancellationToken)
    {
        var refused = new ConcurrentDictionary<ClusterName, bool>();
        await Task.WhenAll(mesh.Clusters.Where(cluster => RemoteSecretPlanner.IsServed(cluster) && seen.GetValueOrDefault(cluster.Name) is { Silence: null }).Select(async cluster =>
        {
            var secret = seen.GetValueOrDefault(cluster.ControlPlane)?.RemoteSecrets
                .FirstOrDefault(secret => Ownership.IsOurs(secret, mesh.Name) && RemoteSecret.Holds(secret, cluster.Name));
            if (secret is null || RemoteSecret.TokenOf(secret, cluster.Name) is not { } token)
                return;
            try
            {
                if (!await ReaderTokens.IsKnownAsync(connections.Get(cluster), token, cancellationToken).ConfigureAwait(false))
                    refused[cluster.Name] = true;
            }
            catch (ClusterUnreachableException)
            {
                // It answered a moment ago and is silent now: that says nothing about the token.
                return;
            }
        })).ConfigureAwait(false);
        return refused.Keys.ToHashSet();
    }
}
