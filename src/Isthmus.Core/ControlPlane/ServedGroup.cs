using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>The clusters that one istiod serves, its own among them; those that leave are not counted.</summary>
public sealed class ServedGroup
{
    private ServedGroup(MeshCluster controlPlane, ImmutableArray<MeshCluster> clusters) => (ControlPlane, Clusters) = (controlPlane, clusters);

    public MeshCluster ControlPlane { get; }

    /// <summary>In the order of their names.</summary>
    public ImmutableArray<MeshCluster> Clusters { get; }

    /// <summary>Whether there is more than one cluster: modes 2 or 3.</summary>
    public bool IsShared => Clusters.Length > 1;

    /// <summary>Whether there is more than one network: mode 3.</summary>
    public bool HasSeveralNetworks => Clusters.Select(cluster => cluster.Network).Distinct().Skip(1).Any();

    public static ServedGroup Of(MeshDocument mesh, MeshCluster controlPlane) => new(
        controlPlane,
        [.. mesh.Clusters.Where(cluster => cluster.ControlPlane == controlPlane.Name && !cluster.Leaving).OrderBy(cluster => cluster.Name)]);

    /// <summary>One for each cluster that runs an istiod, in the order of their names.</summary>
    public static IEnumerable<ServedGroup> All(MeshDocument mesh) =>
        mesh.Clusters.Where(cluster => cluster.HasOwnControlPlane).OrderBy(cluster => cluster.Name).Select(cluster => Of(mesh, cluster));

    /// <summary>Whether some pairs of clusters are in mode 1: then no Gateway of ours may open everything.</summary>
    public static bool IsMixed(MeshDocument mesh) => mesh.Clusters.Where(cluster => !cluster.Leaving).Select(cluster => cluster.ControlPlane).Distinct().Skip(1).Any();

    /// <summary>Whether a <c>*.DOMAIN</c> Gateway of ours stands in front of the control plane's networks, which leaves nothing to be listed one by one.</summary>
    public static bool IsOpen(MeshDocument mesh, MeshCluster controlPlane) => Of(mesh, controlPlane).HasSeveralNetworks && !IsMixed(mesh);
}
