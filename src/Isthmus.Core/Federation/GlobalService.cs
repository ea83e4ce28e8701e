using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>One global name with its exporters: those that stand behind it and those that disagree with the oldest.</summary>
internal sealed class GlobalService
{
    private GlobalService(ServiceName name, ImmutableArray<Exporter> accepted, ImmutableArray<Exporter> conflicting)
    {
        Name = name;
        Accepted = accepted;
        Conflicting = conflicting;
    }

    public ServiceName Name { get; }

    /// <summary>The oldest export first; never empty.</summary>
    public ImmutableArray<Exporter> Accepted { get; }

    public ImmutableArray<Exporter> Conflicting { get; }

    /// <summary>The oldest export's ports hold (Kubernetes' multi-cluster rule), then the smaller cluster name's.</summary>
    public static GlobalService Of(ServiceName name, IEnumerable<Exporter> exporters)
    {
        var ordered = exporters.OrderBy(exporter => exporter.Since).ThenBy(exporter => exporter.Cluster).ToList();
        return new GlobalService(
            name, [.. ordered.Where(exporter => exporter.Agrees(ordered[0]))], [.. ordered.Where(exporter => !exporter.Agrees(ordered[0]))]);
    }

    /// <summary>What to tell an exporter about the disagreement; null where there is none. Every exporter concerned is told.</summary>
    public string? ConflictFor(ClusterName cluster)
    {
        if (Conflicting.IsEmpty)
            return null;
        var oldest = Accepted[0];
        var ports = string.Join(", ", oldest.Ports.Select(port => $"{port.Number}/{port.Protocol}"));
        return Conflicting.Any(exporter => exporter.Cluster == cluster)
            ? $"left out: its ports differ from {ports}, which {oldest.Cluster} exported first"
            : $"left out for ports that differ from {ports}: {string.Join(", ", Conflicting.Select(exporter => exporter.Cluster).Order())}";
    }
}
