using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>How one name's traffic is shared. Exporters may ask for different things: the oldest export that asks for anything is heard.</summary>
internal sealed record TrafficPolicy(TrafficShare Share, ImmutableArray<ClusterName> Order, ImmutableSortedSet<ClusterName> Primaries)
{
    public static TrafficPolicy Of(GlobalService service)
    {
        var order = service.Accepted.Select(exporter => exporter.Cluster).ToImmutableArray();
        return Voice(service) is { } voice
            ? new TrafficPolicy(voice.Policy.Traffic ?? TrafficShare.Proportional, order, voice.Policy.Primaries)
            : new TrafficPolicy(TrafficShare.Proportional, order, []);
    }

    /// <summary>The place of a cluster's endpoints under active-passive: the primaries together first, then one export after the other by age.</summary>
    public int Place(ClusterName cluster)
    {
        if (Primaries.Contains(cluster))
            return 0;
        return Order.Where(other => !Primaries.Contains(other)).TakeWhile(other => other != cluster).Count() + (Primaries.IsEmpty ? 0 : 1);
    }

    /// <summary>What to tell an exporter about what it asks for; null where it is heard or asks for nothing.</summary>
    public static string? ProblemFor(GlobalService service, Exporter exporter, MeshDocument mesh)
    {
        var unknown = exporter.Policy.Primaries.Where(cluster => mesh.Find(cluster) is null).ToList();
        if (unknown.Count > 0)
            return $"{FederationNames.PrimaryAnnotation} names no cluster of the mesh: {string.Join(", ", unknown)}";
        if (!exporter.Policy.Primaries.IsEmpty && exporter.Policy.Traffic != TrafficShare.ActivePassive)
            return $"{FederationNames.PrimaryAnnotation} counts only beside {FederationNames.TrafficAnnotation}: active-passive";
        if (exporter.Policy.Traffic is null || Voice(service) is not { } voice || voice.Cluster == exporter.Cluster)
            return null;
        if (voice.Policy.Traffic != exporter.Policy.Traffic)
            return $"{FederationNames.TrafficAnnotation} differs from that of {voice.Cluster}, which exported first: that one holds";
        return voice.Policy.Primaries.SetEquals(exporter.Policy.Primaries)
            ? null
            : $"{FederationNames.PrimaryAnnotation} differs from that of {voice.Cluster}, which exported first: that one holds";
    }

    private static Exporter? Voice(GlobalService service) => service.Accepted.FirstOrDefault(exporter => exporter.Policy.Traffic is not null);
}
