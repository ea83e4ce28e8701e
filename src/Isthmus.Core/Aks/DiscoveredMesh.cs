using System.Collections.Immutable;
using System.Net;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Aks;

/// <summary>
/// The document with what is known of Azure's clusters: discovered ones are added, what the document leaves open of its own is filled in,
/// and clusters that are gone are set apart. What the document says wins. A cluster that does not fit is left out and told, and keeps no
/// other out.
/// </summary>
public static class DiscoveredMesh
{
    public static MeshDocument Merge(MeshDocument mesh, ClusterRegister register)
    {
        if (register.Clusters.IsEmpty)
            return mesh;
        var notices = new List<string>();
        var listed = mesh.Clusters.Select(cluster => cluster.Access is ClusterAccess.Aks aks && register.Find(aks.ResourceId) is { } known ? Fill(cluster, known) : cluster).ToList();
        var discovered = register.Clusters.Values
            .Where(known => known.IsDiscovered && RegisterPlanner.Listed(mesh, known.ResourceId) is null)
            .OrderBy(known => known.Name, StringComparer.Ordinal)
            .Select(known => DiscoveredCluster.Read(mesh, known, notices))
            .OfType<MeshCluster>();
        var clusters = Fitting(mesh, listed, discovered, notices);
        var gone = clusters.Where(cluster => IsGone(register, cluster) && !clusters.Any(other => other.ControlPlane == cluster.Name && other.Name != cluster.Name && !IsGone(register, other))).ToList();
        foreach (var cluster in gone.Where(listed.Contains))
            notices.Add($"cluster {cluster.Name} does not exist any more, as Azure says: take its entry out of the mesh document");
        return mesh.WithClusters([.. clusters.Except(gone)], [.. gone], [.. notices]);
    }

    private static bool IsGone(ClusterRegister register, MeshCluster cluster) =>
        cluster.Access is ClusterAccess.Aks aks && register.Find(aks.ResourceId) is { GoneSince: not null };

    private static MeshCluster Fill(MeshCluster cluster, KnownCluster known) => cluster.Filled(
        known.Location.Length > 0 ? known.Location : null,
        known.VirtualNetwork,
        DiscoveredCluster.Ranges(known.PodCidrs),
        DiscoveredCluster.Ranges(known.ServiceCidrs));

    /// <summary>First those with a control plane of their own, then those that name one of these.</summary>
    private static List<MeshCluster> Fitting(MeshDocument mesh, List<MeshCluster> listed, IEnumerable<MeshCluster> discovered, List<string> notices)
    {
        var clusters = listed.ToList();
        var candidates = discovered.OrderByDescending(cluster => cluster.HasOwnControlPlane).ToList();
        foreach (var cluster in candidates)
        {
            if (Fault(mesh, [.. clusters, .. candidates.Except(clusters).Where(other => !other.HasOwnControlPlane)], cluster) is { } fault)
                notices.Add($"cluster {cluster.Name} is left out: {fault}");
            else
                clusters.Add(cluster);
        }

        return clusters;
    }

    private static string? Fault(MeshDocument mesh, List<MeshCluster> clusters, MeshCluster cluster)
    {
        foreach (var range in cluster.PodCidrs.Concat(cluster.ServiceCidrs).Where(range => Overlap(range, mesh.AddressRange)))
            return $"its range {range} overlaps the mesh's addressRange {mesh.AddressRange}";
        if (cluster.HasOwnControlPlane)
            return null;
        return clusters.Find(other => other.Name == cluster.ControlPlane) switch
        {
            null => $"its tag {AksTags.ControlPlane} names '{cluster.ControlPlane}', which is no cluster of this mesh",
            { HasOwnControlPlane: false } server => $"its tag {AksTags.ControlPlane} names '{server.Name}', which is itself served by '{server.ControlPlane}'",
            { Leaving: true } server when !cluster.Leaving => $"'{server.Name}', which its tag {AksTags.ControlPlane} names, is leaving the mesh",
            _ => null,
        };
    }

    private static bool Overlap(IPNetwork left, IPNetwork right) => left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);
}
