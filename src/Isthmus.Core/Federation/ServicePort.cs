using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Federation;

/// <summary>One port of a global name, with the protocol that Istio would detect; empty where Istio goes by the traffic itself.</summary>
public readonly record struct ServicePort(int Number, string Name, string Protocol)
{
    // A Service's port may have a name of 63 characters; Istio's definition of a ServiceEntry takes 62 for an endpoint's port.
    private const int LongestName = 62;

    /// <summary>As a ServiceEntry has it. Without a protocol Istio looks at the traffic there as it does at the Service's own port.</summary>
    public JsonObject ToJson()
    {
        var port = new JsonObject { ["number"] = Number, ["name"] = Name };
        if (Protocol.Length > 0)
            port["protocol"] = Protocol;
        return port;
    }

    /// <summary>The number and protocol, for people.</summary>
    public override string ToString() => $"{Number}/{(Protocol.Length > 0 ? Protocol : "auto")}";

    /// <summary>The ports of a Service that TCP carries, by number. UDP cannot pass a gateway that routes by SNI, so it is left out.</summary>
    public static ImmutableArray<ServicePort> ReadAll(JsonObject service)
    {
        var ports = new SortedDictionary<int, ServicePort>();
        foreach (var port in Ports(service))
        {
            if (Transport(port) == "TCP" && port["port"] is JsonValue value && value.TryGetValue<int>(out var number) && Detect(port, number) is var protocol && protocol != IstioProtocol.Udp)
                ports.TryAdd(number, new ServicePort(number, NameOf(port, number, protocol), protocol));
        }

        return [.. ports.Values];
    }

    /// <summary>The ports that are left out, such as 53/UDP, in the order in which the Service lists them.</summary>
    public static ImmutableArray<string> LeftOut(JsonObject service) =>
    [
        .. Ports(service).Select(port => (Number: port["port"]?.ToString(), Transport: Transport(port), Port: port))
            .Where(port => port.Transport != "TCP" || Detect(port.Port, 0) == IstioProtocol.Udp)
            .Select(port => port.Transport != "TCP" ? $"{port.Number}/{port.Transport}" : $"{port.Number} (by its name Istio takes it for UDP)"),
    ];

    private static IEnumerable<JsonObject> Ports(JsonObject service) => ((service["spec"] as JsonObject)?["ports"] as JsonArray ?? []).OfType<JsonObject>();

    private static string Transport(JsonObject port) => ObjectMetadata.TextOf(port["protocol"]) ?? "TCP";

    private static string Detect(JsonObject port, int number) =>
        IstioProtocol.Detect(number, ObjectMetadata.TextOf(port["name"]) ?? "", ObjectMetadata.TextOf(port["appProtocol"]));

    private static string NameOf(JsonObject port, int number, string protocol) =>
        ObjectMetadata.TextOf(port["name"]) is { Length: > 0 and <= LongestName } name ? name : $"{(protocol.Length > 0 ? protocol.ToLowerInvariant().Replace('_', '-') : "port")}-{number}";
}
