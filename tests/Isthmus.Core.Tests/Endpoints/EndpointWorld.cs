using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Short words for the tests' endpoints, gateways and proxies.</summary>
internal static class EndpointWorld
{
    public const string Host = "reviews.shop.svc.cluster.local";

    public static MeshEndpoint Endpoint(
        string address, string network, string cluster = "", string locality = "", uint weight = 0, EndpointHealth health = EndpointHealth.Healthy,
        string tls = MeshEndpoint.IstioTls, string version = "v1", string node = "", bool discoverable = true) => new()
        {
            Address = address,
            Port = 8080,
            Network = network,
            Cluster = cluster.Length == 0 ? network : cluster,
            Locality = locality,
            Weight = weight,
            Health = health,
            TlsMode = tls,
            Labels = new Dictionary<string, string> { ["version"] = version },
            Namespace = "shop",
            Node = node,
            Discoverable = discoverable,
        };

    public static NetworkGateway Gateway(string address, string network, string cluster = "", int port = 15443) => new(network, cluster, address, port);

    public static EndpointProxy Proxy(string network = "n1", string cluster = "n1", params string[] view) => new() { Network = network, Cluster = cluster, RequestedNetworkView = [.. view] };

    public static EndpointQuery Query(
        Compatibility compatibility = Compatibility.None, string? rule = null, string[]? peers = null, string subset = "", bool sniDnat = false,
        bool sendsUnhealthy = false, bool nodeLocal = false, bool clusterLocal = false, bool keepsSessions = false, bool resolvesNames = false)
    {
        var cluster = new EnvoyClusterName(80, subset, Host, sniDnat);
        var read = rule is null ? null : TrafficRule.Read(Object(rule));
        return new EndpointQuery
        {
            Cluster = cluster,
            SubsetLabels = subset.Length == 0 ? [] : read?.Subset(subset) ?? [],
            Mtls = new MtlsPolicy(cluster, read, (peers ?? []).Select(Object), "istio-system"),
            Compatibility = compatibility,
            SendsUnhealthy = sendsUnhealthy,
            NodeLocal = nodeLocal,
            ClusterLocal = clusterLocal,
            KeepsSessions = keepsSessions,
            ResolvesNames = resolvesNames,
            Failover = read?.Failover,
        };
    }

    /// <summary>An answer in short: "locality#priority=weight: address=weight address=weight; …".</summary>
    public static string Text(LoadAssignment answer) => string.Join("; ", answer.Groups.Select(group =>
        $"{group.Locality}#{group.Priority}={group.Weight}: {string.Join(' ', group.Endpoints.Select(endpoint => $"{endpoint.Address}={endpoint.Weight}"))}"));

    public static string Assign(EndpointQuery query, MeshEndpoint[] endpoints, NetworkGateway[] gateways, EndpointProxy? proxy = null) =>
        Text(SplitHorizon.Assign(query, endpoints, new GatewayTable(gateways), proxy ?? Proxy()));

    public static RouteReason Why(EndpointQuery query, MeshEndpoint endpoint, NetworkGateway[] gateways, EndpointProxy? proxy = null) =>
        SplitHorizon.Explain(query, [endpoint], new GatewayTable(gateways), proxy ?? Proxy())[0].Reason;

    private static JsonObject Object(string text) => JsonNode.Parse(text)?.AsObject() ?? throw new InvalidDataException("no object");
}
