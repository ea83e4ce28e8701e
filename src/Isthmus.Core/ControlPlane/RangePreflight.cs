using System.Net;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>What the comparison of ranges found.</summary>
/// <param name="Refusals">The clusters that may not join, and why.</param>
/// <param name="Findings">The same for the report, and what could not be compared.</param>
public sealed record RangeReport(IReadOnlyDictionary<ClusterName, string> Refusals, Plan Findings);

/// <summary>
/// Preflight of mode 2: pods and Services of clusters that share control plane and network are reached by their addresses, so no address may
/// stand for two of them. A clash refuses the pair, by keeping the later of the two from being read by the istiod; all others go on.
/// </summary>
public static class RangePreflight
{
    /// <summary>The pairs of clusters in mode 2, in the document's order.</summary>
    public static IEnumerable<(MeshCluster First, MeshCluster Second)> Pairs(MeshDocument mesh) =>
        mesh.Clusters.SelectMany((second, index) => mesh.Clusters.Take(index).Select(first => (First: first, Second: second)))
            .Where(pair => !pair.First.Leaving && !pair.Second.Leaving && MeshDocument.ModeBetween(pair.First, pair.Second) == MeshMode.FlatNetwork);

    /// <summary>The clusters whose ranges matter and are not wholly given.</summary>
    public static IEnumerable<MeshCluster> ToBeFound(MeshDocument mesh) =>
        Pairs(mesh).SelectMany(pair => new[] { pair.First, pair.Second }).DistinctBy(cluster => cluster.Name)
            .Where(cluster => cluster.PodCidrs.IsEmpty || cluster.ServiceCidrs.IsEmpty);

    /// <param name="mesh">The document; ranges that it gives count.</param>
    /// <param name="found">What was found in the clusters that could be asked.</param>
    public static RangeReport Check(MeshDocument mesh, IReadOnlyDictionary<ClusterName, ClusterRanges> found)
    {
        var refusals = new Dictionary<ClusterName, string>();
        foreach (var (first, second) in Pairs(mesh))
        {
            var clashes = Clashes((first, RangesOf(first, found)), (second, RangesOf(second, found))).ToList();
            if (clashes.Count == 0)
                continue;
            // The control plane's own cluster cannot be the one that stays out.
            var refused = second.HasOwnControlPlane ? first : second;
            var reason = $"clusters {first.Name} and {second.Name} share network {first.Network}, but {string.Join("; ", clashes)}";
            refusals[refused.Name] = refusals.TryGetValue(refused.Name, out var before) ? $"{before}; {reason}" : reason;
        }

        var ending = ": give them other ranges, or networks of their own with gateways in front";
        var complete = refusals.ToDictionary(refusal => refusal.Key, refusal => refusal.Value + ending);
        var findings = complete.Select(refusal => Finding(mesh, refusal.Key, refusal.Value)).Concat(Unknown(mesh, found));
        return new RangeReport(complete, new Plan(findings));
    }

    private static IEnumerable<string> Clashes((MeshCluster Cluster, ClusterRanges Ranges) first, (MeshCluster Cluster, ClusterRanges Ranges) second)
    {
        foreach (var (what, range) in Named(first.Ranges))
        {
            foreach (var (whatElse, other) in Named(second.Ranges).Where(other => ClusterRanges.Overlap(range, other.Range)))
                yield return $"{what} {range} of {first.Cluster.Name} overlap {whatElse} {other} of {second.Cluster.Name}";
        }
    }

    private static IEnumerable<(string What, IPNetwork Range)> Named(ClusterRanges ranges) =>
        ranges.Pods.Select(range => ("pods", range)).Concat(ranges.Services.Select(range => ("Services", range)));

    private static IEnumerable<PlannedAction> Unknown(MeshDocument mesh, IReadOnlyDictionary<ClusterName, ClusterRanges> found)
    {
        foreach (var cluster in ToBeFound(mesh).Where(cluster => found.ContainsKey(cluster.Name)))
        {
            var ranges = RangesOf(cluster, found);
            if (ranges.Pods.IsEmpty)
                yield return Finding(mesh, cluster.Name, $"the pod ranges of cluster {cluster.Name} are not known, so nothing tells whether they overlap others: give podCidrs");
            if (ranges.Services.IsEmpty)
                yield return Finding(mesh, cluster.Name, $"the Service ranges of cluster {cluster.Name} are not known, so nothing tells whether they overlap others: give serviceCidrs");
        }
    }

    private static PlannedAction.Skipped Finding(MeshDocument mesh, ClusterName name, string reason) =>
        new(RemoteSecret.Id(mesh.Find(name)?.ControlPlane ?? name, name), reason);

    private static ClusterRanges RangesOf(MeshCluster cluster, IReadOnlyDictionary<ClusterName, ClusterRanges> found)
    {
        var seen = found.GetValueOrDefault(cluster.Name) ?? ClusterRanges.Unknown;
        return new ClusterRanges
        {
            Pods = cluster.PodCidrs.IsEmpty ? seen.Pods : cluster.PodCidrs,
            Services = cluster.ServiceCidrs.IsEmpty ? seen.Services : cluster.ServiceCidrs,
        };
    }
}
