using System.Collections.Concurrent;
using System.Collections.Immutable;
using Isthmus.Core.Checks;
using Isthmus.Core.Mesh;
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
            seen[cluster.Name] = await _observer.ObserveAsync(cluster, cancellationToken).ConfigureAwait(false);
            done?.Invoke(cluster.Name);
        })).ConfigureAwait(false);
        return MeshChecks.Run(new CheckSnapshot(mesh, seen, time.GetUtcNow()));
    }
}
