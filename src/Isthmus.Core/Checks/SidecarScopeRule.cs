using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>A Sidecar that lists what its pods may see has to list our namespace, or no global name is there for them.</summary>
internal static class SidecarScopeRule
{
    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) =>
        from pair in snapshot.ControlPlanes
        from sidecar in pair.Seen.All("sidecars")
        let egress = SeenObject.Objects(SeenObject.Spec(sidecar), "egress").ToList()
        where egress.Count > 0 && !egress.SelectMany(listener => SeenObject.Texts(listener, "hosts")).Any(host => Shows(host, snapshot.Mesh.Domain))
        select CheckFinding.Warning(
            pair.Cluster.Name, SeenObject.Subject(sidecar, "Sidecar"), $"its egress hosts leave out {SystemNamespaces.Isthmus}/*, so its pods see no .{snapshot.Mesh.Domain} name",
            $"add {SystemNamespaces.Isthmus}/* to its egress hosts, where they use global names");

    private static bool Shows(string host, string domain) =>
        host.Split('/', 2) is ["*" or SystemNamespaces.Isthmus, var dns] && (dns == "*" || dns == $"*.{domain}" || dns.EndsWith($".{domain}", StringComparison.Ordinal));
}
