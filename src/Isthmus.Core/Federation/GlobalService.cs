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
        PodOwners = accepted.SelectMany(exporter => exporter.Pods.Select(pod => (Pod: pod, Owner: exporter)))
            .DistinctBy(entry => entry.Pod.Name)
            .ToImmutableSortedDictionary(entry => entry.Pod, entry => entry.Owner);
    }

    public ServiceName Name { get; }

    /// <summary>The oldest export first; never empty.</summary>
    public ImmutableArray<Exporter> Accepted { get; }

    public ImmutableArray<Exporter> Conflicting { get; }

    /// <summary>The pods that have names of their own, each with the one exporter that it belongs to: the oldest that has a pod of that name.</summary>
    public ImmutableSortedDictionary<ExportedPod, Exporter> PodOwners { get; }

    /// <summary>What the oldest ServiceExport among them gives the imports (Kubernetes' multi-cluster rule).</summary>
    public ExportedMetadata Metadata => Giver?.Metadata ?? ExportedMetadata.None;

    private Exporter? Giver => Accepted.FirstOrDefault(exporter => exporter.Metadata is not null);

    /// <summary>Every name that clients may use for it.</summary>
    public IEnumerable<GlobalName> Names => PodOwners.Keys.Select(pod => new GlobalName(Name, pod.Name)).Prepend(new GlobalName(Name));

    /// <summary>What the oldest export says holds (Kubernetes' multi-cluster rule), then what the smaller cluster name's does.</summary>
    public static GlobalService Of(ServiceName name, IEnumerable<Exporter> exporters)
    {
        var ordered = exporters.OrderBy(exporter => exporter.Since).ThenBy(exporter => exporter.Cluster).ToList();
        return new GlobalService(
            name, [.. ordered.Where(exporter => exporter.Agrees(ordered[0]))], [.. ordered.Where(exporter => !exporter.Agrees(ordered[0]))]);
    }

    /// <summary>Whether a cluster's export does not stand behind the name.</summary>
    public bool IsLeftOut(ClusterName cluster) => Conflicting.Any(exporter => exporter.Cluster == cluster);

    /// <summary>What to tell an exporter about disagreements. Every exporter concerned is told.</summary>
    public IEnumerable<ExportFault> ConflictsFor(ClusterName cluster)
    {
        var concerned = (IsLeftOut(cluster) ? Conflicting.Where(exporter => exporter.Cluster == cluster) : Conflicting).OrderBy(exporter => exporter.Cluster);
        foreach (var exporter in concerned)
        {
            var subject = exporter.Cluster == cluster ? "left out" : $"{exporter.Cluster} is left out";
            foreach (var (reason, difference) in exporter.Differences(Accepted[0]))
                yield return new ExportFault(reason, $"{subject}: {difference}, which {Accepted[0].Cluster} exported first: make them equal, or export only one of them");
        }

        foreach (var fault in PodConflictsFor(cluster).Concat(MetadataConflictsFor(cluster)))
            yield return fault;
    }

    private IEnumerable<ExportFault> MetadataConflictsFor(ClusterName cluster)
    {
        if (Giver is not { } giver)
            yield break;
        var others = Accepted.Where(exporter => exporter.Metadata is not null && (cluster == giver.Cluster || cluster == exporter.Cluster)).ToList();
        foreach (var (reason, field, read) in Fields)
        {
            var differing = others.Where(exporter => !read(exporter.Metadata ?? ExportedMetadata.None).SequenceEqual(read(Metadata))).Select(exporter => exporter.Cluster).Order().ToList();
            if (differing.Count > 0)
                yield return new ExportFault(reason, $"{field} of {string.Join(", ", differing)} differ from those of {giver.Cluster}, which hold since it exported first: make them equal");
        }
    }

    private static readonly ImmutableArray<(string Reason, string Field, Func<ExportedMetadata, ImmutableSortedDictionary<string, string>> Read)> Fields =
    [
        ("LabelsConflict", "the exportedLabels", metadata => metadata.Labels),
        ("AnnotationsConflict", "the exportedAnnotations", metadata => metadata.Annotations),
    ];

    private IEnumerable<ExportFault> PodConflictsFor(ClusterName cluster)
    {
        var doubles = Accepted.SelectMany(exporter => exporter.Pods, (exporter, pod) => (pod.Name, exporter.Cluster))
            .GroupBy(pod => pod.Name, pod => pod.Cluster)
            .Where(clusters => clusters.Count() > 1 && clusters.Contains(cluster))
            .Select(clusters => (Pod: clusters.Key, Owner: clusters.First(), Others: string.Join(", ", clusters.Skip(1).Order())))
            .GroupBy(pod => (pod.Owner, pod.Others), pod => pod.Pod)
            .OrderBy(pods => pods.Key.Owner).ThenBy(pods => pods.Key.Others, StringComparer.Ordinal);
        foreach (var pods in doubles)
        {
            var names = string.Join(", ", pods.Order(StringComparer.Ordinal));
            yield return new ExportFault(
                "PodConflict", $"the names of pods {names} lead to {pods.Key.Owner}, which exported first, and not to {pods.Key.Others}: give the StatefulSets different names");
        }
    }
}
