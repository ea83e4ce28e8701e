using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Federation;

/// <summary>One port of a global name, with the protocol that Istio would detect.</summary>
public readonly record struct ServicePort(int Number, string Name, string Protocol)
{
    // Istio's protocol names, as a port name's prefix and as appProtocol (its "protocol selection" rules).
    private static readonly ImmutableSortedDictionary<string, string> Known = new Dictionary<string, string>
    {
        ["http"] = "HTTP",
        ["http2"] = "HTTP2",
        ["grpc"] = "GRPC",
        ["grpc-web"] = "GRPC-WEB",
        ["https"] = "HTTPS",
        ["tls"] = "TLS",
        ["tcp"] = "TCP",
        ["mongo"] = "MONGO",
        ["mysql"] = "MYSQL",
        ["redis"] = "REDIS",
        ["kubernetes.io/h2c"] = "HTTP2",
        ["kubernetes.io/ws"] = "HTTP",
        ["kubernetes.io/wss"] = "HTTPS",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>As a ServiceEntry has it.</summary>
    public JsonObject ToJson() => new() { ["number"] = Number, ["name"] = Name, ["protocol"] = Protocol };

    /// <summary>The TCP ports of a Service, by number. UDP cannot pass a gateway that routes by SNI, so it is left out.</summary>
    public static ImmutableArray<ServicePort> ReadAll(JsonObject service)
    {
        var ports = new SortedDictionary<int, ServicePort>();
        foreach (var port in ((service["spec"] as JsonObject)?["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var transport = ObjectMetadata.TextOf(port["protocol"]) ?? "TCP";
            if (transport == "TCP" && port["port"] is JsonValue value && value.TryGetValue<int>(out var number))
                ports.TryAdd(number, Read(number, ObjectMetadata.TextOf(port["name"]) ?? "", ObjectMetadata.TextOf(port["appProtocol"])));
        }

        return [.. ports.Values];
    }

    /// <summary>The ports of other transports, such as 53/UDP, in the order in which the Service lists them.</summary>
    public static ImmutableArray<string> OtherTransports(JsonObject service) =>
    [
        .. ((service["spec"] as JsonObject)?["ports"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(port => (Number: port["port"]?.ToString(), Transport: ObjectMetadata.TextOf(port["protocol"]) ?? "TCP"))
            .Where(port => port.Transport != "TCP").Select(port => $"{port.Number}/{port.Transport}"),
    ];

    private static ServicePort Read(int number, string name, string? appProtocol)
    {
        // What Istio would sniff cannot be said in a ServiceEntry; TCP carries it whole.
        var protocol = (appProtocol is null ? ByName(name) : Known.GetValueOrDefault(appProtocol.ToLowerInvariant())) ?? "TCP";
        return new ServicePort(number, name.Length > 0 ? name : $"{protocol.ToLowerInvariant()}-{number}", protocol);
    }

    private static string? ByName(string name)
    {
        var lower = name.ToLowerInvariant();
        if (lower == "grpc-web" || lower.StartsWith("grpc-web-", StringComparison.Ordinal))
            return Known["grpc-web"];
        return Known.GetValueOrDefault(lower.Split('-')[0]);
    }
}
