using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection;

/// <summary>Prometheus scrapes the sidecar, which adds the application's metrics to its own.</summary>
internal static class PrometheusMerge
{
    private const string ScrapeVariable = "ISTIO_PROMETHEUS_ANNOTATIONS";
    private const string SecurePortVariable = "ENVOY_SECURE_MERGED_METRICS_PORT";
    private const string SecurePortAnnotation = "prometheus.istio.io/secure-port";
    private const string MergeAnnotation = "prometheus.istio.io/merge-metrics";

    /// <summary>Ports that belong to the sidecar itself.</summary>
    private static readonly int[] ReservedPorts = [15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090];

    /// <summary>Changes the pod; the error, if any, refuses it.</summary>
    public static string? Apply(JsonObject pod, InjectionSettings settings)
    {
        var metadata = pod.EnsureObject("metadata");
        var annotations = metadata.StringMap("annotations");
        var statusPort = settings.Mesh.StatusPort.ToString(CultureInfo.InvariantCulture);
        if (IsScrapeRefused(annotations) || !IsEnabled(annotations, settings.Mesh.EnablePrometheusMerge)) return null;
        if (annotations.Any(annotation => PrometheusScrape.IsPortKey(annotation.Key) && annotation.Value == statusPort)) return null;

        var scrape = PrometheusScrape.Of(annotations, settings.Features);
        if (settings.Features.Has(IstioFeature.PrometheusPortChecks) && PortError(scrape, statusPort) is { } error) return error;
        if (!scrape.IsEmpty && Sidecar.Find(pod) is { } sidecar)
            sidecar.EnsureList("env").Add((JsonNode)new JsonObject { ["name"] = ScrapeVariable, ["value"] = GoJson.Write(scrape.ToJson(), sortKeys: false) });

        var written = metadata.EnsureObject("annotations");
        foreach (var name in annotations.Keys)
            if (PrometheusScrape.IsKey(name, settings.Features)) written.Remove(name);
        written["prometheus.io/port"] = statusPort;
        written["prometheus.io/path"] = "/stats/prometheus";
        written["prometheus.io/scrape"] = "true";
        return null;
    }

    /// <summary>Tells Prometheus the port at which the sidecar serves merged metrics over mTLS (Istio 1.31).</summary>
    public static void ApplySecurePort(JsonObject pod, IstioFeatures features)
    {
        if (!features.Has(IstioFeature.SecurePrometheusPort)) return;
        var variable = Sidecar.Find(pod).List("env").Objects().LastOrDefault(item => item.Text("name") == SecurePortVariable);
        if (variable.Text("value") is not { Length: > 0 } port || port == "0") return;
        var annotations = pod.EnsureObject("metadata").EnsureObject("annotations");
        if (!annotations.ContainsKey(SecurePortAnnotation)) annotations[SecurePortAnnotation] = port;
    }

    /// <summary>Istio's precedence: annotation, mesh config, on.</summary>
    public static bool IsEnabled(IReadOnlyDictionary<string, string> annotations, bool? mesh) =>
        (annotations.TryGetValue(MergeAnnotation, out var value) ? GoParse.Bool(value) : null) ?? mesh ?? true;

    private static bool IsScrapeRefused(Dictionary<string, string> annotations) =>
        annotations.Any(annotation => PrometheusScrape.IsScrapeKey(annotation.Key) && GoParse.Bool(annotation.Value) == false);

    private static string? PortError(PrometheusScrape scrape, string statusPort)
    {
        var ports = scrape.Targets?.Select(target => target.Port) ?? [scrape.Port];
        foreach (var port in ports)
        {
            if (port.Length == 0) continue;
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
                return $"invalid prometheus scrape port {GoParse.Quote(port)}: must be between 1 and 65535";
            if (port == statusPort || number.ToString(CultureInfo.InvariantCulture) == statusPort || ReservedPorts.Contains(number))
                return $"invalid prometheus scrape port {GoParse.Quote(port)}: reserved by Istio";
        }
        return null;
    }
}
