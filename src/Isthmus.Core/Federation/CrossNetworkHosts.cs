using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// In a mesh that mixes modes, what the networks of one control plane need of each other's gateways: every Service, one by one. They stand
/// in the same Gateways as the exported ones, because Istio drops a server whose host another one has too.
/// </summary>
internal static class CrossNetworkHosts
{
    /// <summary>Whether a control plane's Gateways list all Services beside the exported ones.</summary>
    public static bool AreListed(MeshDocument mesh, MeshCluster controlPlane) =>
        ServedGroup.IsMixed(mesh) && ServedGroup.Of(mesh, controlPlane).HasSeveralNetworks;

    public static IEnumerable<(string Namespace, string Host)> Of(MeshDocument mesh, MeshCluster controlPlane, FederationSnapshot snapshot)
    {
        if (!AreListed(mesh, controlPlane))
            return [];
        return ServedGroup.Of(mesh, controlPlane).Clusters.Where(cluster => snapshot.Clusters.ContainsKey(cluster.Name))
            .SelectMany(cluster => snapshot.Clusters[cluster.Name].AllServices
                .Where(service => service.Label(Ownership.ManagedByLabel) != Ownership.ManagedByValue && !service.IsTerminating()
                    && ObjectMetadata.TextOf(service["spec"]?["type"]) != "ExternalName")
                .Select(FederationNames.NameOf)
                .Where(name => !SystemNamespaces.IsSystem(name.Namespace) && name != new ServiceName("default", "kubernetes") && snapshot.Scope.Includes(name))
                .Select(name => (name.Namespace, name.ClusterHost(cluster))));
    }
}
