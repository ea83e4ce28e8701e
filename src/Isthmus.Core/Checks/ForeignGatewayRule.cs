using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>
/// Gateways of others that pass TLS through by SNI. A wildcard makes every service reachable from outside and gives duplicate filter chains
/// beside ours; an identical host makes a whole server vanish.
/// </summary>
internal static class ForeignGatewayRule
{
    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => snapshot.ControlPlanes.SelectMany(pair => Of(snapshot.Mesh, pair.Cluster, pair.Seen));

    private static IEnumerable<CheckFinding> Of(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        // One control plane with several networks and no other beside it: there a wildcard is what Istio's own arrangement has, ours or theirs.
        var isOpen = ServedGroup.IsOpen(mesh, cluster);
        foreach (var gateway in isOpen ? seen.All(ResourceKind.Gateway.Plural) : [])
        {
            foreach (var host in Hosts(gateway).Where(host => host.StartsWith('*')))
            {
                yield return CheckFinding.Ok(
                    cluster.Name, SeenObject.Subject(gateway, "Gateway"), $"{host} opens every Service that it covers to the mesh's other networks, as one control plane for several networks needs it");
            }
        }

        var exported = seen.ExportedHosts(cluster.ClusterDomain);
        foreach (var gateway in seen.Foreign(ResourceKind.Gateway.Plural, mesh.Name))
        {
            var hosts = Hosts(gateway);
            var subject = SeenObject.Subject(gateway, "Gateway");
            foreach (var host in hosts.Where(host => !isOpen && host.StartsWith('*')))
            {
                yield return CheckFinding.Warning(
                    cluster.Name, subject, $"{host} under AUTO_PASSTHROUGH makes every service that it covers reachable from outside, exported or not",
                    "take it away, so that only what is exported is reachable");
            }

            foreach (var host in hosts.Where(exported.ContainsKey))
            {
                yield return CheckFinding.Error(
                    cluster.Name, subject, $"{host} is exported by Isthmus too: where two Gateways list a host, Istio drops a whole server", "take the host out of this Gateway");
            }
        }
    }

    private static List<string> Hosts(JsonObject gateway) =>
    [
        .. SeenObject.Objects(SeenObject.Spec(gateway), "servers").Where(PassesThrough)
            .SelectMany(server => SeenObject.Texts(server, "hosts")).Select(SeenObject.WithoutNamespace).Distinct(StringComparer.Ordinal),
    ];

    private static bool PassesThrough(JsonObject server) => SeenObject.Text(server, "tls", "mode") == "AUTO_PASSTHROUGH";
}
