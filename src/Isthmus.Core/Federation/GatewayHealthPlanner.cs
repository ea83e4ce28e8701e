using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>What a round of probes found at one cluster's gateway.</summary>
/// <param name="Cluster">Whose gateway.</param>
/// <param name="ServerNames">The SNI of services to probe with; kept for the time when the cluster's API is silent.</param>
/// <param name="Verdicts">Each address and whether it answers: true or false after as many probes as a transition takes, null for no verdict.</param>
public sealed record GatewayFinding(
    ClusterName Cluster, ImmutableSortedSet<string> ServerNames, ImmutableArray<(GatewayAddress Address, bool? Answers, string Detail)> Verdicts);

/// <summary>From probes to what is kept of them, and whose names have to be looked at again.</summary>
public static class GatewayHealthPlanner
{
    /// <summary>The health after a round of probes. A cluster that was not looked at keeps what is known of it.</summary>
    public static GatewayHealth Next(GatewayHealth known, IEnumerable<GatewayFinding> findings, DateTimeOffset now)
    {
        foreach (var finding in findings)
        {
            var before = known.Of(finding.Cluster);
            var addresses = finding.Verdicts.ToImmutableSortedDictionary(verdict => verdict.Address, verdict => Next(before.Addresses.GetValueOrDefault(verdict.Address), verdict.Answers, verdict.Detail, now));
            known = known.With(finding.Cluster, new ClusterGatewayHealth(addresses, finding.ServerNames));
        }

        return known;
    }

    /// <summary>The clusters whose gateway's addresses differ, or are down on one side only, so that their names lead elsewhere now.</summary>
    public static ImmutableSortedSet<ClusterName> Changed(GatewayHealth before, GatewayHealth after) =>
    [
        .. after.Clusters.Where(entry => before.Clusters.TryGetValue(entry.Key, out var old)
            && !Places(old).SequenceEqual(Places(entry.Value))).Select(entry => entry.Key),
    ];

    /// <summary>The copies in the control planes' clusters that can be reached.</summary>
    /// <param name="mesh">The document to go by.</param>
    /// <param name="health">What all copies are to say.</param>
    /// <param name="live">Each reachable cluster's ConfigMap; null where it has none.</param>
    public static Plan Plan(MeshDocument mesh, GatewayHealth health, IReadOnlyDictionary<ClusterName, JsonObject?> live)
    {
        var holders = mesh.Clusters.Where(cluster => cluster is { HasOwnControlPlane: true, Leaving: false } && live.ContainsKey(cluster.Name)).Select(cluster => GatewayHealth.Id(cluster.Name)).ToList();
        var desired = holders.Select(id =>
        {
            var content = Ownership.NewObject(id, mesh.Name);
            content["data"] = health.Write();
            return new DesiredObject(id, content);
        });
        var observed = holders.Where(id => live[id.Cluster] is not null).Select(id => new ObservedObject(id, live[id.Cluster] ?? []));
        return PlanDiff.Compute(desired, observed).OwnedOnly(mesh.Name);
    }

    private static IEnumerable<(GatewayAddress, bool)> Places(ClusterGatewayHealth health) =>
        health.Addresses.Select(entry => (entry.Key, entry.Value.State == GatewayState.Down));

    private static GatewayRecord Next(GatewayRecord? before, bool? answers, string detail, DateTimeOffset now)
    {
        var state = (before?.State ?? GatewayState.Unproven, answers) switch
        {
            (_, true) => GatewayState.Up,
            (GatewayState.Up, false) => GatewayState.Down,
            (var same, _) => same,
        };
        return before is not null && before.State == state ? before : new GatewayRecord(state, now, detail);
    }
}
