using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// The labels and annotations that a ServiceExport gives its imports (<c>spec.exportedLabels</c>, <c>exportedAnnotations</c>), as far as a
/// server takes them and they are nobody's who would read them as his own.
/// </summary>
internal sealed record ExportedMetadata(ImmutableSortedDictionary<string, string> Labels, ImmutableSortedDictionary<string, string> Annotations)
{
    // Server and kubectl keep things of their own under these, and Argo and Helm take what carries theirs for one of their objects. istiod's
    // webhook refuses a ServiceEntry with a dry-run or internal annotation, and an istiod of another revision passes over one with a revision.
    private static readonly ImmutableArray<string> Reserved =
    [
        Ownership.Prefix, "kubernetes.io/", "k8s.io/", ".kubernetes.io/", ".k8s.io/", "argocd.argoproj.io/", "meta.helm.sh/",
        "istio.io/dry-run", "istio.io/rev", "internal.istio.io/",
    ];

    // All annotations of an object may take 256 KiB, of which ours need their part.
    private const int MostCharacters = 128 * 1024;

    private const string LabelsField = "exportedLabels";
    private const string AnnotationsField = "exportedAnnotations";

    private static readonly ImmutableSortedDictionary<string, string> Empty = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    public static readonly ExportedMetadata None = new(Empty, Empty);

    /// <summary>What a ServiceExport gives.</summary>
    public static ExportedMetadata Of(JsonObject? declaration)
    {
        var spec = declaration?["spec"] as JsonObject;
        return new ExportedMetadata(Kept(spec, LabelsField, IsLabel), Kept(spec, AnnotationsField, IsAnnotation));
    }

    /// <summary>What it gives that is not carried, and why.</summary>
    public static IEnumerable<ExportFault> Faults(JsonObject? declaration)
    {
        var spec = declaration?["spec"] as JsonObject;
        var labels = Given(spec, LabelsField).Keys.Except(Kept(spec, LabelsField, IsLabel).Keys).ToList();
        var annotations = Given(spec, AnnotationsField).Keys.Except(Kept(spec, AnnotationsField, IsAnnotation).Keys).ToList();
        foreach (var (field, keys) in new[] { (LabelsField, labels), (AnnotationsField, annotations) })
        {
            if (keys.Count > 0)
                yield return new ExportFault("MetadataLeftOut", $"{field} {string.Join(", ", keys.Order(StringComparer.Ordinal))}: not carried to importers, since a server would refuse it or others would take it for their own");
        }
    }

    /// <summary>Adds it to one of our objects' labels and annotations, which come first; the keys are noted, so that they go again.</summary>
    public void AddTo(JsonObject labels, JsonObject annotations)
    {
        Add(Labels, labels, annotations, ObjectMerge.CarriedLabels);
        Add(Annotations, annotations, annotations, ObjectMerge.CarriedAnnotations);
    }

    private static void Add(ImmutableSortedDictionary<string, string> given, JsonObject target, JsonObject annotations, string note)
    {
        var keys = given.Keys.Where(key => !target.ContainsKey(key)).ToList();
        foreach (var key in keys)
            target[key] = given[key];
        if (keys.Count > 0)
            annotations[note] = string.Join(',', keys);
    }

    private static IReadOnlyDictionary<string, string> Given(JsonObject? spec, string field) => ObjectMetadata.Strings(spec?[field] as JsonObject);

    private static ImmutableSortedDictionary<string, string> Kept(JsonObject? spec, string field, Func<KeyValuePair<string, string>, bool> isGood)
    {
        var kept = Given(spec, field).Where(isGood).ToImmutableSortedDictionary(StringComparer.Ordinal);
        return kept.Sum(entry => entry.Key.Length + entry.Value.Length) > MostCharacters ? Empty : kept;
    }

    private static bool IsLabel(KeyValuePair<string, string> entry) => IsAnnotation(entry) && LabelNames.ValueError(entry.Value) is null;

    private static bool IsAnnotation(KeyValuePair<string, string> entry) =>
        LabelNames.KeyError(entry.Key) is null && !Reserved.Any(prefix => prefix[0] == '.' ? entry.Key.Contains(prefix, StringComparison.Ordinal) : entry.Key.StartsWith(prefix, StringComparison.Ordinal));
}
