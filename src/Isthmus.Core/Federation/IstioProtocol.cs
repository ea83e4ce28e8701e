using System.Collections.Immutable;

namespace Isthmus.Core.Federation;

/// <summary>Istio's rules for the protocol of a Service's port ("protocol selection"), as istiod applies them.</summary>
internal static class IstioProtocol
{
    /// <summary>What Istio takes a TCP port for whose name says so: it does not proxy it then.</summary>
    public const string Udp = "UDP";

    private const string GrpcWeb = "grpc-web";

    // The words that a port's name may begin with, or its appProtocol, and what a ServiceEntry calls them.
    private static readonly ImmutableSortedDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["grpc"] = "GRPC",
        ["http"] = "HTTP",
        ["http2"] = "HTTP2",
        ["http_proxy"] = "HTTP_PROXY",
        ["https"] = "HTTPS",
        ["mongo"] = "MONGO",
        ["mysql"] = "MYSQL",
        ["redis"] = "REDIS",
        ["tcp"] = "TCP",
        ["tls"] = "TLS",
        ["udp"] = Udp,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    // Kubernetes' own names for appProtocol; Istio takes them in this spelling only.
    private static readonly ImmutableSortedDictionary<string, string> OfKubernetes = new Dictionary<string, string>
    {
        ["kubernetes.io/h2c"] = "HTTP2",
        ["kubernetes.io/ws"] = "HTTP",
        ["kubernetes.io/wss"] = "HTTPS",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    // SMTP, DNS, MySQL and MongoDB: their servers speak first, so Istio never waits for a client's first bytes there.
    private static readonly ImmutableSortedSet<int> ServerFirst = [25, 53, 3306, 27017];

    /// <summary>The protocol as a ServiceEntry names it; empty where Istio goes by the traffic.</summary>
    /// <param name="number">The Service's port.</param>
    /// <param name="name">Its name; counts where there is no appProtocol.</param>
    /// <param name="appProtocol">What it says counts alone, known or not; null where it is absent.</param>
    public static string Detect(int number, string name, string? appProtocol)
    {
        if (appProtocol is not null && OfKubernetes.TryGetValue(appProtocol, out var standard))
            return standard;
        var word = (appProtocol ?? name).ToLowerInvariant();
        if (word.StartsWith(GrpcWeb, StringComparison.Ordinal))
            return "GRPC-WEB";
        return Words.GetValueOrDefault(word.Split('-')[0]) ?? (ServerFirst.Contains(number) ? "TCP" : "");
    }
}
