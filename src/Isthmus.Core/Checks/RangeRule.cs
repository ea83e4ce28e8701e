using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>No address stands for two things: ranges of clusters on one network, and virtual addresses against a cluster's own ranges.</summary>
internal static class RangeRule
{
    private const string Subject = "ranges";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => Flat(snapshot).Concat(Virtual(snapshot));

    /// <summary>What a run would say before it lets a cluster join another one's network.</summary>
    private static IEnumerable<CheckFinding> Flat(CheckSnapshot snapshot)
    {
        var found = snapshot.Answering.ToDictionary(pair => pair.Cluster.Name, pair => pair.Seen.Ranges);
        var report = RangePreflight.Check(snapshot.Mesh, found, Read(snapshot));
        foreach (var (name, reason) in report.Refusals.Where(refusal => found.ContainsKey(refusal.Key)))
            yield return CheckFinding.Error(name, Subject, Part(reason, 0), Part(reason, 1));
        foreach (var (name, what) in report.Unknown)
            yield return CheckFinding.Warning(name, Subject, Part(what, 0), Part(what, 1));
        var flat = RangePreflight.Pairs(snapshot.Mesh).SelectMany(pair => new[] { pair.First, pair.Second }).DistinctBy(cluster => cluster.Name);
        foreach (var cluster in flat.Where(cluster => found.ContainsKey(cluster.Name) && !report.Refusals.ContainsKey(cluster.Name) && report.Unknown.All(unknown => unknown.Cluster != cluster.Name)))
        {
            var ranges = RangePreflight.RangesOf(cluster, found);
            yield return CheckFinding.Ok(
                cluster.Name, Subject, $"pods {string.Join(", ", ranges.Pods)}; Services {string.Join(", ", ranges.Services)}; in nobody's way on network {cluster.Network}");
        }
    }

    private static IEnumerable<CheckFinding> Virtual(CheckSnapshot snapshot)
    {
        foreach (var (cluster, seen) in snapshot.Staying)
        {
            foreach (var clash in VirtualRanges.Clashes(snapshot.Mesh, cluster, seen.Ranges))
                yield return CheckFinding.Error(cluster.Name, Subject, clash, VirtualRanges.ToDo);
        }
    }

    /// <summary>The clusters that their istiod reads; one whose control plane was not looked at is taken to be read.</summary>
    private static HashSet<ClusterName> Read(CheckSnapshot snapshot)
    {
        var controlPlanes = snapshot.Answering.ToDictionary(pair => pair.Cluster.Name, pair => pair.Seen.RemoteSecrets);
        return [.. snapshot.Mesh.Clusters.Where(cluster => !cluster.HasOwnControlPlane
            && (!controlPlanes.TryGetValue(cluster.ControlPlane, out var secrets) || secrets.Any(secret => RemoteSecret.Holds(secret, cluster.Name)))).Select(cluster => cluster.Name)];
    }

    // "what: what to do"
    private static string Part(string text, int part) => text.Split(": ", 2) is [_, _] parts ? parts[part] : part == 0 ? text : "give them other ranges";
}
