using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Where other networks reach a cluster's gateway.</summary>
public readonly record struct GatewayAddress(string Host, int Port) : IComparable<GatewayAddress>
{
    // Istio's own mark for a gateway Service that takes cross-network traffic on another port; it reads the label.
    private const string GatewayPort = "networking.istio.io/gatewayPort";

    // Istio's own way to name the nodes that stand for a NodePort gateway: a map of labels as JSON.
    private const string NodeSelector = "traffic.istio.io/nodeSelector";

    /// <summary>Whether a host name stands there, which may resolve to several addresses.</summary>
    public bool IsName => !IPAddress.TryParse(Host, out _);

    public bool IsIpv6 => !IsName && Host.Contains(':', StringComparison.Ordinal);

    public int CompareTo(GatewayAddress other)
    {
        var order = string.CompareOrdinal(Host, other.Host);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    public override string ToString() => IsIpv6 ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>An IP address or DNS name with or without a port: <c>20.1.2.3</c>, <c>gw.example.com:443</c>, <c>[2001:db8::1]:443</c>.</summary>
    public static bool TryParse(string text, out GatewayAddress address)
    {
        address = new GatewayAddress(text, MeshGateway.DefaultPort);
        if (IsHost(text))
            return true;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return false;
        var host = text[..colon];
        var isBracketed = host is ['[', .., ']'];
        address = new GatewayAddress(isBracketed ? host[1..^1] : host, port);
        return IsHost(address.Host) && isBracketed == address.IsIpv6;
    }

    /// <summary>The addresses that a gateway has now: given ones, load balancer, external IPs, or node ports; sorted, perhaps none yet.</summary>
    public static ImmutableArray<GatewayAddress> ReadAll(MeshGateway gateway, JsonObject? service, IEnumerable<JsonObject> nodes)
    {
        if (!gateway.Addresses.IsEmpty)
            return Sorted(gateway.Addresses.Select(text => TryParse(text, out var address) ? address : new GatewayAddress(text, MeshGateway.DefaultPort)));
        if (service?["spec"] is not JsonObject spec || service.IsTerminating() || PassthroughPort(service) is not { } port)
            return [];
        var number = Number(port["port"]) ?? MeshGateway.DefaultPort;
        var ingress = (((service["status"] as JsonObject)?["loadBalancer"] as JsonObject)?["ingress"] as JsonArray ?? []).OfType<JsonObject>();
        var reachable = ingress.Select(entry => Text(entry["ip"]) ?? Text(entry["hostname"]))
            .Concat((spec["externalIPs"] as JsonArray ?? []).Select(Text))
            .OfType<string>()
            .Select(host => new GatewayAddress(host, number))
            .ToList();
        if (reachable.Count == 0 && IsNodePort(service) && Number(port["nodePort"]) is { } nodePort)
        {
            var wanted = WantedNodes(service);
            reachable.AddRange(nodes.Where(node => wanted.All(label => node.Label(label.Key) == label.Value))
                .SelectMany(NodeHosts).Select(host => new GatewayAddress(host, nodePort)));
        }

        return Sorted(reachable);
    }

    /// <summary>Why a gateway has no address, and what to do; null where it has one.</summary>
    public static string? Problem(MeshGateway? gateway, JsonObject? service, IEnumerable<JsonObject> nodes)
    {
        if (gateway is null)
            return "the mesh document gives the cluster no gateway";
        if (!ReadAll(gateway, service, nodes).IsEmpty)
            return null;
        if (service is null)
            return $"the gateway's Service {gateway.Service} is not there";
        if (PassthroughPort(service) is null)
            return $"the gateway's Service {gateway.Service} has no TCP port {MeshGateway.DefaultPort}: add one, or label it {GatewayPort}";
        return Text((service["spec"] as JsonObject)?["type"]) switch
        {
            "LoadBalancer" => $"the load balancer of the gateway's Service {gateway.Service} has no address yet",
            "NodePort" => $"no ready node with an address stands for the gateway's Service {gateway.Service}",
            _ => $"the gateway's Service {gateway.Service} is reached from inside the cluster only: make it a LoadBalancer or NodePort, or give gateway.addresses",
        };
    }

    /// <summary>Whether the gateway is only reached through nodes, so that they have to be read.</summary>
    public static bool IsNodePort(JsonObject? service) => Text((service?["spec"] as JsonObject)?["type"]) == "NodePort";

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

    /// <summary>
    /// The port numbers by which a Gateway means the listener of cross-network traffic, the usual one first. Istio takes a Gateway's port
    /// as the Service's and listens on its targetPort; where no Service port has the number, it listens on the number itself.
    /// </summary>
    public static ImmutableArray<int> ServerPorts(JsonObject? service)
    {
        if (service is null || PassthroughPort(service) is not { } port)
            return [MeshGateway.DefaultPort];
        var ports = TcpPorts(service).ToList();
        var target = Target(port);
        var same = ports.Where(other => JsonNode.DeepEquals(Target(other), target)).Select(other => Number(other["port"])).OfType<int>().ToList();
        if (Number(target) is { } direct && !ports.Exists(other => Number(other["port"]) == direct))
            same.Add(direct);
        var own = Number(port["port"]) ?? MeshGateway.DefaultPort;
        // A Service that maps another port to 15443: the number itself works in every Istio, with and without port translation.
        var first = same.Contains(MeshGateway.DefaultPort) ? MeshGateway.DefaultPort : own;
        return [.. same.Distinct().OrderBy(number => number != first).ThenBy(number => number)];
    }

    private static bool IsHost(string text) =>
        // The parser would take "1" or "0x7f000001" for addresses, which are more likely a slip.
        IPAddress.TryParse(text, out var address)
            ? address.ToString() == text || (text.Contains(':', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal))
            : NameRules.IsDomain(text) && !text.All(c => char.IsAsciiDigit(c) || c == '.');

    private static JsonObject? PassthroughPort(JsonObject service)
    {
        var ports = TcpPorts(service).ToList();
        var marked = service.Label(GatewayPort) ?? service.Annotation(GatewayPort);
        if (int.TryParse(marked, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return ports.Find(port => Number(port["port"]) == number);
        return ports.Find(port => Number(port["port"]) == MeshGateway.DefaultPort) ?? ports.Find(port => Number(port["targetPort"]) == MeshGateway.DefaultPort);
    }

    private static IEnumerable<JsonObject> TcpPorts(JsonObject service) =>
        ((service["spec"] as JsonObject)?["ports"] as JsonArray ?? []).OfType<JsonObject>().Where(port => (Text(port["protocol"]) ?? "TCP") == "TCP");

    private static JsonNode? Target(JsonObject port) => port["targetPort"] ?? port["port"];

    private static IReadOnlyDictionary<string, string> WantedNodes(JsonObject service) =>
        service.Annotation(NodeSelector) is { } text && StrictJson.TryParse(text, out var json, out _)
            ? ObjectMetadata.Strings(json as JsonObject)
            : ImmutableSortedDictionary<string, string>.Empty;

    // The first address of each family: a node of two families is reached by either.
    private static IEnumerable<string> NodeHosts(JsonObject node)
    {
        var status = node["status"] as JsonObject;
        var isReady = (status?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .Any(condition => Text(condition["type"]) == "Ready" && Text(condition["status"]) == "True");
        if (!isReady || node.IsTerminating())
            return [];
        var addresses = (status?["addresses"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var outside = Of("ExternalIP").ToList();
        return outside.Count > 0 ? outside : Of("InternalIP");

        IEnumerable<string> Of(string type) => addresses.Where(address => Text(address["type"]) == type)
            .Select(address => Text(address["address"])).OfType<string>().DistinctBy(host => host.Contains(':', StringComparison.Ordinal));
    }

    private static string? Text(JsonNode? node) => ObjectMetadata.TextOf(node) is { Length: > 0 } text ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static ImmutableArray<GatewayAddress> Sorted(IEnumerable<GatewayAddress> addresses) => [.. addresses.Distinct().Order()];
}
