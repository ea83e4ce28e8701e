using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>Reads the inputs of one case: proxy, gateways, service port, endpoints and policies. What is recorded counts before what follows from it.</summary>
public static class EndpointSnapshotReader
{
    private const string RootNamespace = "istio-system";

    public static EndpointSnapshot? Read(JsonObject source, Compatibility compatibility, out ImmutableArray<string> errors)
    {
        var found = new List<string>();
        var fields = new SnapshotFields(source, "", found);
        var proxy = fields.Object("proxy");
        if (!fields.Has("proxy")) fields.Report("proxy", "is missing");
        if (!fields.Has("endpoints")) fields.Report("endpoints", "is missing");
        var snapshot = new
        {
            Query = Query(source, fields, compatibility),
            Endpoints = fields.Objects("endpoints").Select(item => Endpoint(item.Fields)).ToList(),
            Gateways = new GatewayTable(Gateways(fields)),
            Proxy = proxy is null ? new EndpointProxy() : Proxy(proxy),
        };
        errors = [.. found];
        if (!errors.IsEmpty || snapshot.Query is null) return null;
        return new EndpointSnapshot { Query = snapshot.Query, Endpoints = snapshot.Endpoints, Gateways = snapshot.Gateways, Proxy = snapshot.Proxy };
    }

    private static EndpointQuery? Query(JsonObject source, SnapshotFields fields, Compatibility compatibility)
    {
        var text = fields.RequiredText("clusterName");
        if (!EnvoyClusterName.TryParse(text, out var name))
        {
            if (text.Length > 0) fields.Report("clusterName", $"'{text}' is not outbound|PORT|SUBSET|HOST, nor outbound_.PORT_.SUBSET_.HOST");
            return null;
        }
        var policies = fields.Objects("configs").Select(item => item.Object).ToList();
        var rule = policies.Where(policy => policy.Text("kind") == "DestinationRule").Select(TrafficRule.Read).FirstOrDefault(rule => rule.Host == name.Host);
        var subset = name.Subset.Length == 0 ? [] : rule?.Subset(name.Subset);
        if (subset is null) fields.Report("clusterName", $"no DestinationRule for {name.Host} in configs has a subset '{name.Subset}'");
        var filters = fields.Texts("filters");
        var servicePort = (int)fields.Number("servicePort", name.Port, 1, 65535);
        var peers = policies.Where(policy => policy.Text("kind") == "PeerAuthentication");
        return new EndpointQuery
        {
            // The recordings name the steps that ran; the one that drops endpoints without mutual TLS is what an SNI cluster means.
            Cluster = name with { Port = servicePort, IsSniDnat = filters.IsEmpty ? name.IsSniDnat : filters.Contains("EndpointsWithMTLSFilter") },
            PortName = fields.Text("servicePortName", "http"),
            SubsetLabels = subset ?? [],
            Mtls = new MtlsPolicy(name with { Port = servicePort }, rule, peers, fields.Text("rootNamespace", RootNamespace)),
            Compatibility = compatibility,
            NodeLocal = fields.Flag("nodeLocal") ?? false,
            ClusterLocal = fields.Flag("clusterLocal") ?? false,
            // istiod made its recordings with unhealthy endpoints asked for.
            SendsUnhealthy = fields.Flag("unhealthyEndpoints") ?? compatibility != Compatibility.None,
            KeepsSessions = fields.Flag("persistentSessions") ?? false,
            ResolvesNames = fields.Flag("dnsCluster") ?? false,
            Failover = rule?.Failover,
        };
    }

    private static IEnumerable<NetworkGateway> Gateways(SnapshotFields fields)
    {
        // Clusters of DNS type take the gateways as they are given, names and all.
        var resolved = fields.Has("effectiveGateways") && fields.Flag("dnsCluster") != true;
        var gateways = fields.Objects(resolved ? "effectiveGateways" : "gateways").Select(item => new NetworkGateway(
            item.Fields.RequiredText("network"), item.Fields.Text("cluster"), item.Fields.RequiredText("address"), (int)item.Fields.Number("port", 0, 0, 65535))).ToList();
        // A name that nobody resolved is no gateway to anybody else.
        return fields.Flag("dnsCluster") == true ? gateways : gateways.Where(gateway => gateway.IsIPv6 is not null);
    }

    private static EndpointProxy Proxy(SnapshotFields fields)
    {
        var families = fields.Texts("ipFamilies");
        foreach (var family in families.Where(family => family is not ("IPv4" or "IPv6"))) fields.Report("ipFamilies", $"'{family}' is neither IPv4 nor IPv6");
        return new EndpointProxy
        {
            Network = fields.Text("network"),
            Cluster = fields.Text("cluster"),
            Locality = fields.Text("locality"),
            Node = fields.Text("node"),
            Namespace = fields.Text("namespace"),
            Labels = fields.Labels("labels").ToImmutableSortedDictionary(StringComparer.Ordinal),
            RequestedNetworkView = fields.Texts("requestedNetworkView"),
            IsRouter = fields.Text("type", "sidecar") == "router",
            UsesIPv4 = families.IsEmpty || families.Contains("IPv4"),
            UsesIPv6 = families.IsEmpty || families.Contains("IPv6"),
        };
    }

    private static MeshEndpoint Endpoint(SnapshotFields fields)
    {
        var health = fields.Flag("unhealthy") == true ? EndpointHealth.Unhealthy : EndpointHealth.Healthy;
        if (fields.Has("health") && !Enum.TryParse(fields.Text("health"), ignoreCase: true, out health))
            fields.Report("health", $"'{fields.Text("health")}' is none of Healthy, Unhealthy, Draining, Terminating");
        return new MeshEndpoint
        {
            Address = fields.Text("address"),
            Port = (int)fields.Number("port", 0, 0, 65535),
            Network = fields.Text("network"),
            Cluster = fields.Has("cluster") ? fields.Text("cluster") : fields.Text("shardCluster"),
            Locality = fields.Text("locality"),
            Weight = (uint)fields.Number("weight", 0, 0, uint.MaxValue),
            TlsMode = fields.Text("tlsMode"),
            Health = health,
            Labels = fields.Labels("labels"),
            Namespace = fields.Text("namespace"),
            Workload = fields.Text("workload"),
            Node = fields.Text("node"),
            PortName = fields.Text("portName", "http"),
            Discoverable = fields.Flag("discoverable") ?? true,
            MtlsDisabled = fields.Flag("mtlsDisabled"),
        };
    }
}
