using System.Collections.Immutable;

namespace Isthmus.Core.Federation;

/// <summary>
/// Who serves now. Three signals are kept apart: an API server's silence takes nobody out, a dead gateway or missing endpoints do as the
/// service's own policy says, and draining moves traffic off while somebody else can take it.
/// </summary>
internal static class ServingGroups
{
    public static IReadOnlyList<EndpointGroup> Select(IReadOnlyList<EndpointGroup> all)
    {
        var healthy = all.Where(group => !group.IsLost).ToList();
        var stayed = all.Where(group => group is { IsLost: true, OnLoss: LossPolicy.Keep }).ToList();
        var serving = healthy.Exists(group => !group.IsDraining) ? healthy.FindAll(group => !group.IsDraining) : healthy;
        if (serving.Count > 0)
            return [.. all.Where(group => serving.Contains(group) || (stayed.Contains(group) && !group.IsDraining))];
        // Nobody is well: those that must go all the same go, and of the rest a draining one still comes last.
        var rest = all.Where(group => group.OnLoss != LossPolicy.Withdraw).ToList();
        return rest.Exists(group => !group.IsDraining) ? rest.FindAll(group => !group.IsDraining) : rest;
    }

    /// <summary>Why an exporter in a draining cluster serves on; null where it does not, or is not draining.</summary>
    public static string? DrainingProblem(
        Mesh.MeshDocument mesh, GlobalService service, Exporter exporter, IReadOnlySet<GatewayAddress> down)
    {
        if (mesh.Find(exporter.Cluster) is not { Draining: true })
            return null;
        var others = service.Accepted.Where(other => other.Cluster != exporter.Cluster && mesh.Find(other.Cluster) is { Draining: false }).ToImmutableArray();
        if (others.Any(other => other.Ready > 0 && other.Gateways.Any(address => !down.Contains(address))))
            return null;
        return others.IsEmpty
            ? $"{exporter.Cluster} is draining, but no other cluster exports the service: it serves on"
            : $"{exporter.Cluster} is draining, but nobody can serve elsewhere ({string.Join(", ", others.Select(other => other.Cluster).Order())}): it serves on";
    }
}
