using System.Net;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>No address stands for two things: ranges of clusters on one network, and virtual addresses against a cluster's own ranges.</summary>
internal static class RangeRule
{
    private const string Subject = "ranges";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        var found = snapshot.Answering.ToDictionary(pair => pair.Cluster.Name, pair => pair.Seen.Ranges);
        foreach (var (name, reason) in RangePreflight.Check(snapshot.Mesh, found).Refusals.Where(refusal => found.ContainsKey(refusal.Key)))
        {
            var parts = reason.Split(": ", 2);
            yield return CheckFinding.Error(name, Subject, parts[0], parts.Length > 1 ? parts[1] : "give them other ranges");
        }

        foreach (var (cluster, seen) in snapshot.Staying)
        {
            var ranges = Ranges(cluster, seen).ToList();
            foreach (var range in ranges.Where(range => range.BaseAddress.AddressFamily == snapshot.Mesh.AddressRange.BaseAddress.AddressFamily && ClusterRanges.Overlap(range, snapshot.Mesh.AddressRange)))
                yield return CheckFinding.Error(cluster.Name, Subject, $"{range} overlaps the mesh's addressRange {snapshot.Mesh.AddressRange}", "narrow addressRange in the mesh document");
        }
    }

    private static IEnumerable<IPNetwork> Ranges(MeshCluster cluster, ClusterCheckSnapshot seen) =>
    [
        .. cluster.PodCidrs.IsEmpty ? seen.Ranges.Pods : cluster.PodCidrs,
        .. cluster.ServiceCidrs.IsEmpty ? seen.Ranges.Services : cluster.ServiceCidrs,
    ];
}
