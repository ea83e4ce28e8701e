using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>What a pod's annotations ask Prometheus to scrape.</summary>
internal sealed record PrometheusScrape(string Scrape, string Path, string Port, IReadOnlyList<PrometheusTarget>? Targets)
{
    private const string ScrapeKey = "prometheus_io_scrape";
    private const string PathKey = "prometheus_io_path";
    private const string PortKey = "prometheus_io_port";
    private const string TargetsKey = "prometheus_istio_io_scrape_targets";

    public bool IsEmpty => Scrape.Length == 0 && Path.Length == 0 && Port.Length == 0 && Targets is null;

    public static PrometheusScrape Of(IReadOnlyDictionary<string, string> annotations, IstioFeatures features)
    {
        var read = new PrometheusScrape("", "", "", null);
        foreach (var (name, value) in annotations)
            read = KeyOf(name) switch
            {
                ScrapeKey => read with { Scrape = value },
                PathKey => read with { Path = value },
                PortKey => read with { Port = value },
                TargetsKey when features.Has(IstioFeature.ScrapeTargets) => read with { Targets = PrometheusTarget.ParseList(value) },
                _ => read,
            };
        return read.Targets is { } targets ? read with { Port = targets[0].Port, Path = targets[0].Path } : read;
    }

    /// <summary>Whether a key is one of those that Istio replaces by its own, however it is spelt.</summary>
    public static bool IsKey(string annotation, IstioFeatures features) => KeyOf(annotation) switch
    {
        ScrapeKey or PathKey or PortKey => true,
        TargetsKey => features.Has(IstioFeature.ScrapeTargets),
        _ => false,
    };

    /// <summary>Scrape, path and port alone.</summary>
    public static bool IsScrapeDestinationKey(string annotation) => KeyOf(annotation) is ScrapeKey or PathKey or PortKey;

    public static bool IsPortKey(string annotation) => KeyOf(annotation) == PortKey;

    public static bool IsScrapeKey(string annotation) => KeyOf(annotation) == ScrapeKey;

    /// <summary>In the order of Istio's struct.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["scrape"] = Scrape, ["path"] = Path, ["port"] = Port };
        if (Targets is not null)
            json["targets"] = new JsonArray([.. Targets.Select(target => (JsonNode)new JsonObject { ["port"] = target.Port, ["path"] = target.Path })]);
        return json;
    }

    /// <summary>Istio compares keys as Prometheus' label names, in which every other character is an underscore; null where none of ours can result.</summary>
    private static string? KeyOf(string annotation)
    {
        if (!annotation.StartsWith("prometheus", StringComparison.Ordinal) || annotation.Length > TargetsKey.Length) return null;
        return string.Create(annotation.Length, annotation, static (key, name) =>
        {
            for (var i = 0; i < name.Length; i++) key[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
        });
    }
}
