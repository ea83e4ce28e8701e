using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>Modes 2 and 3: what tells an istiod which cluster is on which network, and opens the way between networks.</summary>
public static class NetworkPlanner
{
    public static Plan Plan(MeshDocument mesh, NetworkSnapshot seen)
    {
        var labels = mesh.Clusters.Where(cluster => seen.Clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => RootNamespace.Plan(cluster, NeedsLabel(mesh, cluster), seen.Clusters[cluster.Name].RootNamespace));
        var plan = new Plan(labels);
        foreach (var group in ServedGroup.All(mesh))
        {
            plan = plan.With(new Plan(MeshNetworks.Plan(group, seen)))
                .With(CrossNetworkGateway.Plan(mesh, group, seen))
                .With(new Plan(GatewayLoops.Find(group, seen)));
        }

        return plan.With(new Plan(mesh.Clusters.Where(cluster => !cluster.HasOwnControlPlane && seen.Clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => FormerControlPlane.Plan(mesh, cluster.Name, seen.Clusters[cluster.Name]))));
    }

    /// <summary>The Gateways of ours that nobody reads where the istiod is gone.</summary>
    public static string GatewaySelector(MeshDocument mesh) => $"{Ownership.Selector(mesh.Name)},{CrossNetworkGateway.Label}";

    /// <summary>Whether a ConfigMap of istio-system is one that an istiod reads its mesh from.</summary>
    public static bool IsMeshConfig(System.Text.Json.Nodes.JsonObject configMap) => MeshNetworks.IsMeshConfig(configMap);

    private static bool NeedsLabel(MeshDocument mesh, MeshCluster cluster) =>
        !cluster.Leaving && mesh.Find(cluster.ControlPlane) is { } controlPlane && ServedGroup.Of(mesh, controlPlane).IsShared;
}
