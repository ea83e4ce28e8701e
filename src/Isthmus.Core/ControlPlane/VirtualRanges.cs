using System.Net;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>Virtual addresses against the ranges of a cluster's own pods and Services: no address may stand for both.</summary>
public static class VirtualRanges
{
    public const string ToDo = "narrow addressRange in the mesh document";

    /// <summary>What overlaps; the document's word on a cluster's ranges counts before what was found.</summary>
    public static IEnumerable<string> Clashes(MeshDocument mesh, MeshCluster cluster, ClusterRanges found)
    {
        var own = RangePreflight.RangesOf(cluster, new Dictionary<ClusterName, ClusterRanges> { [cluster.Name] = found });
        var named = own.Pods.Select(range => (What: "pods", Range: range)).Concat(own.Services.Select(range => (What: "Services", Range: range)));
        return named.Where(entry => Overlaps(entry.Range, mesh.AddressRange))
            .Select(entry => $"the range {entry.Range} of its {entry.What} overlaps the mesh's addressRange {mesh.AddressRange}");
    }

    private static bool Overlaps(IPNetwork own, IPNetwork range) =>
        own.BaseAddress.AddressFamily == range.BaseAddress.AddressFamily && ClusterRanges.Overlap(own, range);
}
