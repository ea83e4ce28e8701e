using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection.Templates;

/// <summary>Template function otelResourceAttributes: OpenTelemetry's names for a workload (Istio 1.30).</summary>
internal static class OtelAttributes
{
    private const string Prefix = "resource.opentelemetry.io/";
    private const string VersionLabel = "app.kubernetes.io/version";

    public static string Of(
        IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels, string @namespace, IReadOnlyList<JsonObject> containers)
    {
        var attributes = new List<string>();
        Add("service.namespace", Annotated("service.namespace") ?? @namespace);
        Add("service.version", Annotated("service.version") ?? NotEmpty(labels.GetValueOrDefault(VersionLabel)) ?? ImageVersion(containers));
        Add("service.instance.id", Annotated("service.instance.id") ?? Instance(@namespace, containers));
        return string.Join(',', attributes);

        string? Annotated(string attribute) => NotEmpty(annotations.GetValueOrDefault(Prefix + attribute));

        void Add(string attribute, string? value)
        {
            if (!string.IsNullOrEmpty(value)) attributes.Add($"{attribute}={value}");
        }
    }

    private static string? Instance(string @namespace, IReadOnlyList<JsonObject> containers) =>
        @namespace.Length > 0 && containers.Count > 0 ? $"{@namespace}.$(POD_NAME).{containers[0].Text("name")}" : null;

    /// <summary>Istio's rule: one container alone speaks for the workload, by tag, digest, or both.</summary>
    private static string? ImageVersion(IReadOnlyList<JsonObject> containers)
    {
        if (containers.Count != 1 || containers[0].Text("image") is not { } image) return null;
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image : image[..at];
        var colon = name.LastIndexOf(':');
        var tag = colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "";
        var digest = at < 0 ? "" : image[(at + 1)..];
        return tag.Length > 0 && digest.Length > 0 ? $"{tag}@{digest}" : tag + digest;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
