using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>All that the preflight goes by: the mesh document, what was seen of the clusters, and the time.</summary>
/// <param name="Mesh">The document.</param>
/// <param name="Clusters">The clusters that were looked at; others are out of scope.</param>
/// <param name="Now">The time of the looking.</param>
public sealed record CheckSnapshot(MeshDocument Mesh, IReadOnlyDictionary<ClusterName, ClusterCheckSnapshot> Clusters, DateTimeOffset Now)
{
    /// <summary>The served clusters whose API server was asked with the token that their istiod holds, and does not know it.</summary>
    public IReadOnlySet<ClusterName> RefusedTokens { get; init; } = ImmutableHashSet<ClusterName>.Empty;

    /// <summary>The clusters that answered, in the document's order.</summary>
    public IEnumerable<(MeshCluster Cluster, ClusterCheckSnapshot Seen)> Answering =>
        from cluster in Mesh.Clusters
        where Clusters.ContainsKey(cluster.Name)
        let seen = Clusters[cluster.Name]
        where seen.Silence is null
        select (cluster, seen);

    /// <summary>Those of them that stay in the mesh.</summary>
    public IEnumerable<(MeshCluster Cluster, ClusterCheckSnapshot Seen)> Staying => Answering.Where(pair => !pair.Cluster.Leaving);

    /// <summary>Those of them whose istiod is their own: Istio's objects stand there.</summary>
    public IEnumerable<(MeshCluster Cluster, ClusterCheckSnapshot Seen)> ControlPlanes => Staying.Where(pair => pair.Cluster.HasOwnControlPlane);
}
