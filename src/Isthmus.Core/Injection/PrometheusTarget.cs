namespace Isthmus.Core.Injection;

/// <summary>One endpoint of a pod that the sidecar scrapes.</summary>
internal readonly record struct PrometheusTarget(string Port, string Path)
{
    private const string DefaultPath = "/metrics";

    /// <summary>Reads <c>port:path,…</c>; null where an entry has no port. Istio's rule: such a list is ignored as a whole.</summary>
    public static IReadOnlyList<PrometheusTarget>? ParseList(string text)
    {
        var targets = new List<PrometheusTarget>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            var port = (colon < 0 ? entry : entry[..colon]).Trim();
            var path = colon < 0 ? "" : entry[(colon + 1)..].Trim();
            if (port.Length == 0) return null;
            targets.Add(new PrometheusTarget(port, path.Length == 0 ? DefaultPath : path));
        }
        return targets.Count == 0 ? null : targets;
    }
}
