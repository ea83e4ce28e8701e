using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection.Templates;

/// <summary>
/// A pod as it was before an earlier injection: without the containers that its status names, but with those of the user that had been merged
/// into them. Only templates see it; rendering it again has to give what the first injection gave.
/// </summary>
internal sealed record StrippedPod(Dictionary<string, string> Annotations, IReadOnlyList<JsonObject> Containers, IReadOnlyList<JsonObject> InitContainers)
{
    public static StrippedPod Of(JsonObject pod, Dictionary<string, string> annotations, SidecarStatus? status, UserContainers remembered, long statusPort)
    {
        var spec = pod.Object("spec");
        return new StrippedPod(
            status is null ? annotations : Cleared(annotations, statusPort),
            Restored(spec.List("containers"), status?.Containers, remembered.Containers),
            Restored(spec.List("initContainers"), status?.InitContainers, remembered.InitContainers));
    }

    /// <summary>Istio's rule: Prometheus annotations that point at the status port are its own, not the user's.</summary>
    private static Dictionary<string, string> Cleared(Dictionary<string, string> annotations, long statusPort)
    {
        var text = statusPort.ToString(CultureInfo.InvariantCulture);
        var isOurs = annotations.Any(annotation => PrometheusScrape.IsPortKey(annotation.Key) && annotation.Value == text);
        var cleared = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in annotations)
            if (name != SidecarStatus.Annotation && !(isOurs && PrometheusScrape.IsScrapeDestinationKey(name))) cleared[name] = value;
        return cleared;
    }

    private static List<JsonObject> Restored(JsonArray? containers, IReadOnlySet<string>? injected, IReadOnlyList<JsonObject> remembered)
    {
        var list = containers.Objects().Where(container => injected?.Contains(container.Text("name") ?? "") != true).ToList();
        if (remembered.Count == 0) return list;
        var names = list.Select(container => container.Text("name")).ToHashSet(StringComparer.Ordinal);
        list.AddRange(remembered.Where(container => names.Add(container.Text("name"))));
        return list;
    }
}
