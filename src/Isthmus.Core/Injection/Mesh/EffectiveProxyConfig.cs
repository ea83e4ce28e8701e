using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>
/// Istio's levels of proxy configuration, low to high: built-in, mesh, ProxyConfig of the root namespace, of the pod's namespace,
/// the pod's annotation, ProxyConfig that selects the pod.
/// </summary>
public static class EffectiveProxyConfig
{
    /// <summary>The configuration of a pod; always the same object where only the mesh's settings apply.</summary>
    /// <param name="mesh">The mesh configuration.</param>
    /// <param name="resources">ProxyConfig objects of all namespaces, in any order.</param>
    /// <param name="podNamespace">The pod's namespace.</param>
    /// <param name="podLabels">The pod's labels.</param>
    /// <param name="annotation">The pod's annotation proxy.istio.io/config; null where there is none.</param>
    public static ProxyConfig For(
        MeshConfig mesh, IReadOnlyList<JsonObject> resources, string podNamespace, IReadOnlyDictionary<string, string> podLabels, string? annotation)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        ArgumentNullException.ThrowIfNull(resources);
        IReadOnlyList<JsonObject> ordered = resources.Count < 2 ? resources : [.. resources.OrderBy(Created, StringComparer.Ordinal).ThenBy(Name, StringComparer.Ordinal)];
        JsonObject? global = First(ordered, mesh.RootNamespace, spec => Selector(spec).Count == 0);
        JsonObject? local = podNamespace == mesh.RootNamespace ? null : First(ordered, podNamespace, spec => Selector(spec).Count == 0);
        JsonObject? workload = First(ordered, podNamespace, spec => Selector(spec) is { Count: > 0 } labels && Selects(labels, podLabels));
        bool annotated = MeshConfig.TryAnnotation(annotation, out JsonNode? document);
        if (global is null && local is null && workload is null && !annotated)
            return mesh.EffectiveDefault;

        var proxy = ProxyConfigMerge.Overlay(mesh.DefaultProxy, mesh.Proxy);
        proxy = Lay(proxy, global);
        proxy = Lay(proxy, local);
        if (annotated)
            proxy = Lay(proxy, document);
        return new ProxyConfig(Lay(proxy, workload), mesh.DefaultProxy);
    }

    /// <summary>Lays a level on; it passes through proto JSON first, which drops its zeros. A level that does not fit is left out.</summary>
    private static ProtoMessage Lay(ProtoMessage proxy, JsonNode? level)
    {
        if (level is null)
            return proxy;
        var own = MeshConfig.TryOverlay(ProtoMessage.Empty(ProtoTypes.ProxyConfig), level);
        return ProxyConfigMerge.Overlay(proxy, own);
    }

    /// <summary>The first object of a namespace whose specification fits, as the proxy settings that it gives.</summary>
    private static JsonObject? First(IReadOnlyList<JsonObject> resources, string podNamespace, Func<JsonObject, bool> fits)
    {
        foreach (JsonObject resource in resources)
        {
            if (Text(resource["metadata"]?["namespace"]) != podNamespace || resource["spec"] is not JsonObject spec || !fits(spec))
                continue;
            var settings = new JsonObject();
            if (spec["concurrency"] is JsonNode concurrency)
                settings["concurrency"] = concurrency.DeepClone();
            if ((spec["environmentVariables"] ?? spec["environment_variables"]) is JsonObject environment)
                settings["proxyMetadata"] = environment.DeepClone();
            if (spec["image"] is JsonObject image)
                settings["image"] = image.DeepClone();
            return settings;
        }
        return null;
    }

    private static JsonObject Selector(JsonObject spec) =>
        spec["selector"] is JsonObject selector && (selector["matchLabels"] ?? selector["match_labels"]) is JsonObject labels ? labels : [];

    private static bool Selects(JsonObject labels, IReadOnlyDictionary<string, string> podLabels) =>
        labels.All(label => podLabels.TryGetValue(label.Key, out string? value) && value == Text(label.Value));

    private static string Created(JsonObject resource) => Text(resource["metadata"]?["creationTimestamp"]);

    private static string Name(JsonObject resource) => $"{Text(resource["metadata"]?["name"])}.{Text(resource["metadata"]?["namespace"])}";

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
