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

    /// <summary>What the oldest export says holds (Kubernetes' multi-cluster rule), then what the smaller cluster name's does.</summary>
    public static GlobalService Of(ServiceName name, IEnumerable<Exporter> exporters)
    {
        var ordered = exporters.OrderBy(exporter => exporter.Since).ThenBy(exporter => exporter.Cluster).ToList();
        return new GlobalService(
            name, [.. ordered.Where(exporter => exporter.Agrees(ordered[0]))], [.. ordered.Where(exporter => !exporter.Agrees(ordered[0]))]);
    }

    /// <summary>Whether a cluster's export does not stand behind the name.</summary>
    public bool IsLeftOut(ClusterName cluster) => Conflicting.Any(exporter => exporter.Cluster == cluster);

    /// <summary>What to tell an exporter about disagreements; null where there are none. Every exporter concerned is told.</summary>
    public ExportFault? ConflictFor(ClusterName cluster)
    {
        var concerned = IsLeftOut(cluster) ? Conflicting.Where(exporter => exporter.Cluster == cluster) : Conflicting;
        var faults = concerned.OrderBy(exporter => exporter.Cluster)
            .Select(exporter => (exporter.Cluster, Differences: exporter.Differences(Accepted[0]))).ToList();
        if (faults.Count == 0)
            return null;
        var reasons = string.Join(',', faults.SelectMany(fault => fault.Differences).Select(difference => difference.Reason).Distinct().Order(StringComparer.Ordinal));
        var texts = faults.Select(fault =>
        {
            var differences = string.Join(" and ", fault.Differences.Select(difference => difference.Message));
            return fault.Cluster == cluster
                ? $"left out: {differences}, which {Accepted[0].Cluster} exported first"
                : $"{fault.Cluster} is left out: {differences}, which {Accepted[0].Cluster} exported first";
        });
        return new ExportFault(reasons, $"{string.Join("; ", texts)}: make them equal, or export only one of them");
    }
}
