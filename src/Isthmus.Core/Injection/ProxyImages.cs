using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>The images of sidecar and init container: values.global.hub/IMAGE:TAG, the tag by image type.</summary>
internal static class ProxyImages
{
    private const string TypeAnnotation = "sidecar.istio.io/proxyImageType";
    private const string DefaultType = "default";
    private const string DefaultImage = "proxyv2";

    private static readonly string[] KnownSuffixes = ["-distroless", "-debug"];

    public static string Sidecar(InjectionSettings settings, string? proxyConfigImageType, IReadOnlyDictionary<string, string> annotations) =>
        Compose(settings, "proxy", proxyConfigImageType, annotations);

    /// <summary>Istio's rule: the proxy config's image type is the sidecar's alone.</summary>
    public static string Init(InjectionSettings settings, IReadOnlyDictionary<string, string> annotations) =>
        Compose(settings, "proxy_init", null, annotations);

    private static string Compose(InjectionSettings settings, string section, string? imageType, IReadOnlyDictionary<string, string> annotations)
    {
        var global = settings.Values.Object("global");
        var image = global.Object(section).Text("image") is { Length: > 0 } named ? named : DefaultImage;
        var type = imageType ?? "";
        if (type.Length == 0 && settings.Features.Has(IstioFeature.ProxyImageVariantFallback)) type = global.Text("variant") ?? "";
        type = annotations.GetValueOrDefault(TypeAnnotation) ?? type;
        return $"{global.Text("hub")}/{image}:{Tag(TagText(global), type)}";
    }

    /// <summary>Helm's values may hold the tag as a number, which Go prints without a needless fraction.</summary>
    private static string TagText(JsonObject? global)
    {
        JsonNode? tag = null;
        global?.TryGetPropertyValue("tag", out tag);
        if (tag.AsText() is { } text) return text;
        return tag?.GetValueKind() == JsonValueKind.Number ? GoJson.Write(tag) : "";
    }

    private static string Tag(string tag, string type)
    {
        if (type.Length == 0) return tag;
        var bare = tag;
        foreach (var suffix in KnownSuffixes)
            if (tag.EndsWith(suffix, StringComparison.Ordinal))
            {
                bare = tag[..^suffix.Length];
                break;
            }
        return type == DefaultType ? bare : $"{bare}-{type}";
    }
}
