using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>What to tell an exporter about its annotations, its gateway and its draining cluster; the first that applies.</summary>
internal static class PolicyProblems
{
    public static string? For(
        MeshDocument mesh, FederationSnapshot snapshot, GlobalService? service, MeshCluster cluster, Exporter? exporter)
    {
        if (exporter is null)
            return null;
        var down = GatewayHealth.Read(mesh.Name, snapshot.Clusters.Values.Select(seen => seen.GatewayHealth)).Down;
        return Unreachable(mesh, snapshot, cluster, exporter)
            ?? exporter.Policy.Problem
            ?? (service is null ? null : TrafficPolicy.ProblemFor(service, exporter, mesh) ?? ServingGroups.DrainingProblem(mesh, service, exporter, down) ?? Regions(mesh, service));
    }

    internal static string? Unreachable(MeshDocument mesh, FederationSnapshot snapshot, MeshCluster cluster, Exporter exporter)
    {
        if (!exporter.Gateways.IsEmpty || mesh.Clusters.All(other => other.ControlPlane == cluster.ControlPlane))
            return null;
        var seen = snapshot.Clusters.GetValueOrDefault(cluster.Name);
        var reason = GatewayAddress.Problem(cluster.Gateway, seen?.GatewayService, seen?.Nodes ?? []);
        return $"the cluster has no gateway with an address, so other control planes' clusters cannot reach it: {reason}";
    }

    private static string? Regions(MeshDocument mesh, GlobalService service)
    {
        var policy = TrafficPolicy.Of(service);
        return mesh.Clusters.Where(cluster => cluster is { HasOwnControlPlane: true, Leaving: false }).Select(cluster => TrafficPlan.Problem(cluster, policy)).FirstOrDefault(problem => problem is not null);
    }
}
