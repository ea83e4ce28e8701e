using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Status;

/// <summary>All that the status is told from.</summary>
/// <param name="Mesh">The document.</param>
/// <param name="Clusters">Every cluster of it.</param>
/// <param name="Names">What runs would plan the names from; clusters that could not be read are missing.</param>
public sealed record StatusSnapshot(MeshDocument Mesh, IReadOnlyDictionary<ClusterName, ClusterSight> Clusters, FederationSnapshot Names);
