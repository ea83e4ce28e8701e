using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>Sends the kubelet's probes through the sidecar, which alone can speak mTLS to the application.</summary>
internal static class ProbeRewrite
{
    public const string ProbersVariable = "ISTIO_KUBE_APP_PROBERS";
    private const string RewriteAnnotation = "sidecar.istio.io/rewriteAppHTTPProbers";
    private const string StatusPortAnnotation = "status.sidecar.istio.io/port";

    public static void Apply(JsonObject pod, InjectionSettings settings, bool injectedBefore)
    {
        var annotations = pod.Object("metadata").Object("annotations");
        if (!IsWanted(annotations.Text(RewriteAnnotation), settings.RewriteAppHttpProbe) || Sidecar.Find(pod) is not { } sidecar) return;
        var probes = AppProbe.Of(pod, settings.Features).ToList();
        if (Probers(probes, settings.Mesh.StatusPort) is { } probers) SetProbers(sidecar, probers, injectedBefore, settings.Features);

        var port = StatusPort(annotations.Text(StatusPortAnnotation), settings.Mesh.StatusPort);
        foreach (var probe in probes) probe.Rewrite(port);
    }

    /// <summary>Istio's precedence: annotation, then values.sidecarInjectorWebhook.rewriteAppHTTPProbe.</summary>
    public static bool IsWanted(string? annotation, bool setting) => (annotation is null ? null : GoParse.Bool(annotation)) ?? setting;

    /// <summary>Entry by path, sorted; null where there is none.</summary>
    public static JsonObject? Probers(IEnumerable<AppProbe> probes, long statusPort)
    {
        var entries = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var probe in probes)
            if (probe.Entry(statusPort) is { } entry) entries[probe.Path] = entry;
        return entries.Count == 0 ? null : new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
    }

    /// <summary>A container that another webhook added after the first injection is added to what the sidecar already knows.</summary>
    public static void SetProbers(JsonObject sidecar, JsonObject probers, bool injectedBefore, IstioFeatures features)
    {
        var env = sidecar.EnsureList("env");
        var existing = injectedBefore ? env.Objects().FirstOrDefault(variable => variable.Text("name") == ProbersVariable) : null;
        if (existing is not null)
        {
            if (Merged(existing.Text("value"), probers) is { } merged) existing["value"] = merged;
        }
        else if (!injectedBefore || features.Has(IstioFeature.AppendProbers))
        {
            env.Add((JsonNode)new JsonObject { ["name"] = ProbersVariable, ["value"] = GoJson.Write(probers, sortKeys: false) });
        }
    }

    /// <summary>Istio's rule: what the sidecar knows already beats what the pod, whose probes are rewritten, says now.</summary>
    private static string? Merged(string? existing, JsonObject probers)
    {
        if (!StrictJson.TryParse(existing ?? "", out var json, out _) || json is not JsonObject known) return null;
        var entries = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (path, entry) in probers) entries[path] = entry?.DeepClone();
        foreach (var (path, entry) in known) entries[path] = entry?.DeepClone();
        return GoJson.Write(new JsonObject(entries), sortKeys: false);
    }

    private static long StatusPort(string? annotation, long meshPort) =>
        int.TryParse(annotation, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port) ? port : meshPort;
}
