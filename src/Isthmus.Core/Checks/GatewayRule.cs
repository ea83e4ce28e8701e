using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Checks;

/// <summary>A cluster's gateway has an address, answers for an exported service, and cannot send requests in a circle.</summary>
internal static class GatewayRule
{
    private const string Subject = "gateway";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => snapshot.Staying.SelectMany(pair => Of(pair.Cluster, pair.Seen)).Concat(Loops(snapshot));

    private static IEnumerable<CheckFinding> Of(MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        if (cluster.Gateway is not { } gateway)
        {
            if (seen.Exported.Count > 0)
                yield return CheckFinding.Error(cluster.Name, Subject, "services are exported, but the mesh document gives the cluster no gateway", "give gateway.service or gateway.addresses");
            yield break;
        }

        if (GatewayAddress.Problem(gateway, seen.GatewayService, seen.Nodes) is { } problem)
        {
            yield return CheckFinding.Error(cluster.Name, Subject, problem, "without an address nobody reaches what the cluster exports");
            yield break;
        }

        foreach (var probe in seen.Probes)
        {
            yield return probe.IsAnswer
                ? CheckFinding.Ok(cluster.Name, Subject, $"{probe.Address} answers: {probe.Detail}")
                : CheckFinding.Warning(cluster.Name, Subject, $"{probe.Address} does not answer from here: {probe.Detail}", "where other clusters reach it all the same, this is no harm; else see its pods and firewall");
        }

        if (seen.Probes.Count == 0)
            yield return CheckFinding.Ok(cluster.Name, Subject, $"{string.Join(", ", GatewayAddress.ReadAll(gateway, seen.GatewayService, seen.Nodes))}; nothing is exported to probe it with");
    }

    private static IEnumerable<CheckFinding> Loops(CheckSnapshot snapshot)
    {
        var views = snapshot.Staying.ToDictionary(pair => pair.Cluster.Name, pair => new NetworkView { RootNamespace = null, GatewayPods = pair.Seen.GatewayPods });
        return ServedGroup.All(snapshot.Mesh).SelectMany(group => GatewayLoops.Find(group, new NetworkSnapshot(views))).OfType<PlannedAction.Skipped>()
            .Select(skipped => CheckFinding.Warning(skipped.Id.Cluster, $"Pod {skipped.Id.Namespace}/{skipped.Id.Name}", Reason(skipped.Reason, 0), Reason(skipped.Reason, 1)));
    }

    // "what; what to do"
    private static string Reason(string text, int part) => text.Split("; ", 2) is [_, _] parts ? parts[part] : part == 0 ? text : "set it for the gateway's pods";
}
