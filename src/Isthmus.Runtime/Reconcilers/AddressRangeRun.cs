using System.Collections.Concurrent;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// Whether virtual addresses stand for pods or Services of a cluster too, by what it shows where the document does not say. It is an error of
/// the run; what stands stays, since only its user can tell which of the two has to move.
/// </summary>
internal sealed class AddressRangeRun(ClusterConnections connections)
{
    /// <summary>Looks once a run; ranges of clusters do not change while it goes on.</summary>
    public async Task CheckAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        if (state.HasComparedRanges)
            return;
        var clashes = new ConcurrentBag<string>();
        var unsaid = mesh.Clusters.Where(cluster => !cluster.Leaving && (cluster.PodCidrs.IsEmpty || cluster.ServiceCidrs.IsEmpty));
        await Task.WhenAll(unsaid.Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var api = connections.Get(cluster);
            foreach (var clash in VirtualRanges.Clashes(mesh, cluster, await RangeObserver.LookAsync(api, cluster, cancellationToken).ConfigureAwait(false)))
                clashes.Add($"cluster {cluster.Name}: {clash}: {VirtualRanges.ToDo}");
            return api;
        }))).ConfigureAwait(false);
        foreach (var clash in clashes.Order(StringComparer.Ordinal))
            state.Fail(clash);
        state.HasComparedRanges = true;
    }
}
