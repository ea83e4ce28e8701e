using System.Net;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>What the comparison of ranges found.</summary>
/// <param name="Refusals">The clusters that are in another one's way, and why. One that is not read yet may not join.</param>
/// <param name="Unknown">Of which clusters what is not known, so that it could not be compared, and what to do.</param>
/// <param name="Findings">The same for the report of a run.</param>
public sealed record RangeReport(
    IReadOnlyDictionary<ClusterName, string> Refusals, IReadOnlyList<(ClusterName Cluster, string What)> Unknown, Plan Findings);

/// <summary>
/// Preflight of mode 2: pods and Services of clusters that share control plane and network are reached by their addresses, so no address may
/// stand for two of them. A clash refuses the pair, by keeping one of the two from being read by the istiod; all others go on. Whoever is read
/// already comes before whoever would join, else the earlier in the document; a cluster that stays out is in nobody's way.
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
    /// <param name="read">The clusters that their istiod reads already, beside its own.</param>
    public static RangeReport Check(MeshDocument mesh, IReadOnlyDictionary<ClusterName, ClusterRanges> found, IReadOnlySet<ClusterName> read)
    {
        var clashes = Pairs(mesh).Select(pair => new Clash(
                pair.First, pair.Second, [.. Clashes((pair.First, RangesOf(pair.First, found)), (pair.Second, RangesOf(pair.Second, found)))]))
            .Where(clash => clash.Ranges.Count > 0).ToList();
        var places = mesh.Clusters.OrderBy(cluster => cluster.HasOwnControlPlane ? 0 : read.Contains(cluster.Name) ? 1 : 2)
            .Select((cluster, place) => (cluster.Name, Place: place)).ToDictionary(entry => entry.Name, entry => entry.Place);
        var outside = StayOut(mesh, clashes, places, read);
        var refusals = clashes.GroupBy(clash => Refused(clash, places, outside)).ToDictionary(
            group => group.Key,
            group => $"{string.Join("; ", group.Select(clash => clash.Reason))}: {Advice(outside.Contains(group.Key))}");
        var unknown = Unknown(mesh, found).ToList();
        return new RangeReport(
            refusals,
            unknown,
            new Plan(refusals.Select(refusal => (refusal.Key, refusal.Value)).Concat(unknown).Select(entry => Finding(mesh, entry.Item1, entry.Item2))));
    }

    /// <summary>Two clusters and what of theirs overlaps.</summary>
    private sealed record Clash(MeshCluster First, MeshCluster Second, IReadOnlyList<string> Ranges)
    {
        public string Reason => $"clusters {First.Name} and {Second.Name} share network {First.Network}, but {string.Join("; ", Ranges)}";

        public MeshCluster? Other(ClusterName name) => First.Name == name ? Second : Second.Name == name ? First : null;
    }

    private static HashSet<ClusterName> StayOut(
        MeshDocument mesh, IReadOnlyCollection<Clash> clashes, Dictionary<ClusterName, int> places, IReadOnlySet<ClusterName> read)
    {
        var outside = new HashSet<ClusterName>();
        foreach (var cluster in mesh.Clusters.Where(cluster => !cluster.HasOwnControlPlane && !read.Contains(cluster.Name)))
        {
            if (clashes.Select(clash => clash.Other(cluster.Name)).OfType<MeshCluster>().Any(other => places[other.Name] < places[cluster.Name] && !outside.Contains(other.Name)))
                outside.Add(cluster.Name);
        }

        return outside;
    }

    /// <summary>The one of the two that is told.</summary>
    private static ClusterName Refused(Clash clash, Dictionary<ClusterName, int> places, HashSet<ClusterName> outside)
    {
        var (first, second) = (clash.First.Name, clash.Second.Name);
        if (outside.Contains(first) != outside.Contains(second))
            return outside.Contains(first) ? first : second;
        return places[first] > places[second] ? first : second;
    }

    private static string Advice(bool staysOut) => staysOut
        ? "give them other ranges, or networks of their own with gateways in front"
        : "its istiod reads it already, and ending that would cut traffic, so it stays; give them other ranges, or networks of their own with gateways in front";

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

    private static IEnumerable<(ClusterName Cluster, string What)> Unknown(MeshDocument mesh, IReadOnlyDictionary<ClusterName, ClusterRanges> found)
    {
        foreach (var cluster in ToBeFound(mesh).Where(cluster => found.ContainsKey(cluster.Name)))
        {
            var ranges = RangesOf(cluster, found);
            if (ranges.Pods.IsEmpty)
                yield return (cluster.Name, $"the pod ranges of cluster {cluster.Name} are not known, so nothing tells whether they overlap others: give podCidrs");
            if (ranges.Services.IsEmpty)
                yield return (cluster.Name, $"the Service ranges of cluster {cluster.Name} are not known, so nothing tells whether they overlap others: give serviceCidrs");
        }
    }

    private static PlannedAction.Skipped Finding(MeshDocument mesh, ClusterName name, string reason) =>
        new(RemoteSecret.Id(mesh.Find(name)?.ControlPlane ?? name, name), reason);

    /// <summary>Those of the document, else those that were found.</summary>
    internal static ClusterRanges RangesOf(MeshCluster cluster, IReadOnlyDictionary<ClusterName, ClusterRanges> found)
    {
        var seen = found.GetValueOrDefault(cluster.Name) ?? ClusterRanges.Unknown;
        return new ClusterRanges
        {
            Pods = cluster.PodCidrs.IsEmpty ? seen.Pods : cluster.PodCidrs,
            Services = cluster.ServiceCidrs.IsEmpty ? seen.Services : cluster.ServiceCidrs,
        };
    }
}
