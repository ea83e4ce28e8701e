using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>Annotation sidecar.istio.io/status: what was injected into a pod before, by name.</summary>
internal sealed record SidecarStatus(IReadOnlySet<string> InitContainers, IReadOnlySet<string> Containers)
{
    public const string Annotation = "sidecar.istio.io/status";

    /// <summary>Null where the pod carries none, or none that can be read.</summary>
    public static SidecarStatus? Of(IReadOnlyDictionary<string, string> annotations)
    {
        if (!annotations.TryGetValue(Annotation, out var text)) return null;
        return StrictJson.TryParse(text, out var json, out _) && json is JsonObject status
            ? new SidecarStatus(Names(status.List("initContainers")), Names(status.List("containers")))
            : null;
    }

    /// <summary>The annotation for what a rendered template adds, in the template's order.</summary>
    public static string Write(JsonObject template, string revision)
    {
        var spec = template.Object("spec");
        return GoJson.Write(new JsonObject
        {
            ["initContainers"] = NamesOf(spec.List("initContainers")),
            ["containers"] = NamesOf(spec.List("containers")),
            ["volumes"] = NamesOf(spec.List("volumes")),
            ["imagePullSecrets"] = NamesOf(spec.List("imagePullSecrets")),
            ["revision"] = revision.Length == 0 ? "default" : revision,
        }, sortKeys: false);
    }

    private static HashSet<string> Names(JsonArray? names) => names is null ? [] : names.Select(name => name.AsText()).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static JsonArray? NamesOf(JsonArray? list) =>
        list is null or { Count: 0 } ? null : new JsonArray([.. list.Objects().Select(item => (JsonNode?)(item.Text("name") ?? ""))]);
}
