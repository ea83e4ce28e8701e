using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>Objects of others that take hold of global names or of virtual addresses.</summary>
internal static class GlobalHostRule
{
    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) =>
        snapshot.ControlPlanes.SelectMany(pair => Rules(snapshot.Mesh, pair.Cluster, pair.Seen).Concat(Entries(snapshot.Mesh, pair.Cluster, pair.Seen)));

    private static IEnumerable<CheckFinding> Rules(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen) =>
        from rule in seen.Foreign(ResourceKind.DestinationRule.Plural, mesh.Name)
        let host = SeenObject.Text(SeenObject.Spec(rule), "host") ?? ""
        where host == "*" || IsGlobal(host, mesh.Domain)
        select CheckFinding.Error(
            cluster.Name, SeenObject.Subject(rule, "DestinationRule"), $"host {host} matches global names: for pods of {rule.NamespaceName()} it wins over ours, which holds the SNI and the identities",
            "take it away, or give it a host that no global name matches");

    private static IEnumerable<CheckFinding> Entries(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        var range = new VirtualAddressRange(mesh.AddressRange);
        foreach (var entry in seen.Foreign(ResourceKind.ServiceEntry.Plural, mesh.Name))
        {
            var spec = SeenObject.Spec(entry);
            var subject = SeenObject.Subject(entry, "ServiceEntry");
            foreach (var host in SeenObject.Texts(spec, "hosts").Where(host => IsGlobal(host, mesh.Domain)))
                yield return CheckFinding.Error(cluster.Name, subject, $"host {host} is of the mesh's own domain", "give it another name: two ServiceEntries of one host mix their endpoints and identities");
            foreach (var address in SeenObject.Texts(spec, "addresses").Where(address => range.Contains(address.Split('/')[0])))
                yield return CheckFinding.Error(cluster.Name, subject, $"address {address} lies in the mesh's addressRange {mesh.AddressRange}", "give it another address, or narrow addressRange in the mesh document");
        }
    }

    private static bool IsGlobal(string host, string domain) => host.EndsWith($".{domain}", StringComparison.Ordinal);
}
