using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Where other networks reach a cluster's gateway.</summary>
public readonly record struct GatewayAddress(string Host, int Port) : IComparable<GatewayAddress>
{
    public int CompareTo(GatewayAddress other)
    {
        var order = string.CompareOrdinal(Host, other.Host);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    /// <summary>The addresses that a gateway has now: given ones, load balancer, external IPs, or node ports; sorted, perhaps none yet.</summary>
    public static ImmutableArray<GatewayAddress> ReadAll(MeshGateway gateway, JsonObject? service, IEnumerable<JsonObject> nodes)
    {
        if (!gateway.Addresses.IsEmpty)
            return Sorted(gateway.Addresses.Select(address => new GatewayAddress(address, MeshGateway.DefaultPort)));
        if (service?["spec"] is not JsonObject spec || PassthroughPort(spec) is not { } port)
            return [];
        var number = Number(port["port"]) ?? MeshGateway.DefaultPort;
        var ingress = (((service["status"] as JsonObject)?["loadBalancer"] as JsonObject)?["ingress"] as JsonArray ?? []).OfType<JsonObject>();
        var reachable = ingress.Select(entry => ObjectMetadata.TextOf(entry["ip"]) ?? ObjectMetadata.TextOf(entry["hostname"]))
            .Concat((spec["externalIPs"] as JsonArray ?? []).Select(ObjectMetadata.TextOf))
            .OfType<string>()
            .Select(host => new GatewayAddress(host, number))
            .ToList();
        if (reachable.Count == 0 && IsNodePort(service) && Number(port["nodePort"]) is { } nodePort)
            reachable.AddRange(nodes.Select(NodeHost).OfType<string>().Select(host => new GatewayAddress(host, nodePort)));
        return Sorted(reachable);
    }

    /// <summary>Whether the gateway is only reached through nodes, so that they have to be read.</summary>
    public static bool IsNodePort(JsonObject? service) => ObjectMetadata.TextOf((service?["spec"] as JsonObject)?["type"]) == "NodePort";

    /// <summary>The labels of the gateway's pods, which a Gateway selects.</summary>
    public static ImmutableSortedDictionary<string, string> Selector(MeshGateway gateway, JsonObject? service)
    {
        if (!gateway.Selector.IsEmpty)
            return gateway.Selector;
        var selected = ObjectMetadata.Strings((service?["spec"] as JsonObject)?["selector"] as JsonObject);
        return selected.Count > 0
            ? selected.ToImmutableSortedDictionary(StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("istio", "eastwestgateway");
    }

    private static JsonObject? PassthroughPort(JsonObject spec) =>
        (spec["ports"] as JsonArray ?? []).OfType<JsonObject>()
            .FirstOrDefault(port => Number(port["port"]) == MeshGateway.DefaultPort || Number(port["targetPort"]) == MeshGateway.DefaultPort);

    private static string? NodeHost(JsonObject node)
    {
        var status = node["status"] as JsonObject;
        var isReady = (status?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .Any(condition => ObjectMetadata.TextOf(condition["type"]) == "Ready" && ObjectMetadata.TextOf(condition["status"]) == "True");
        var addresses = (status?["addresses"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return isReady ? Of("ExternalIP") ?? Of("InternalIP") : null;

        string? Of(string type) => addresses.Where(address => ObjectMetadata.TextOf(address["type"]) == type)
            .Select(address => ObjectMetadata.TextOf(address["address"])).FirstOrDefault();
    }

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static ImmutableArray<GatewayAddress> Sorted(IEnumerable<GatewayAddress> addresses) => [.. addresses.Distinct().Order()];
}
