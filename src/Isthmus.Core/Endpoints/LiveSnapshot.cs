using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Endpoints;

/// <summary>The inputs of one answer, made of what clusters under one control plane say.</summary>
public static class LiveSnapshot
{
    /// <summary>Null with a reason where the clusters know no such service, port or subset.</summary>
    public static EndpointSnapshot? Make(
        EnvoyClusterName name, IReadOnlyList<ServiceView> views, ServicePolicies policies, EndpointProxy proxy, Compatibility compatibility, out string reason) =>
        Make(name, new LiveInputs(views), policies, proxy, compatibility, out reason);

    /// <summary>The same from inputs that serve every proxy.</summary>
    public static EndpointSnapshot? Make(
        EnvoyClusterName name, LiveInputs inputs, ServicePolicies policies, EndpointProxy proxy, Compatibility compatibility, out string reason)
    {
        reason = "";
        var domain = inputs.ClusterDomain;
        var services = inputs.ServicesFor(proxy);
        if (services.Count == 0) return Refuse($"no cluster under this control plane has a Service for {name.Host}", out reason);
        var service = services.Find(candidate => Port(candidate, name.Port) is not null);
        if (service is null || Port(service, name.Port) is not { } port)
            return Refuse($"{name.Host} has no TCP port {name.Port}; it has {string.Join(", ", services.SelectMany(Ports).Distinct().Order())}", out reason);
        var rule = RuleChoice.Find(policies.DestinationRules, name.Host, service.NamespaceName() ?? "", proxy, SystemNamespaces.Istio, domain);
        var subset = name.Subset.Length == 0 ? [] : rule?.Subset(name.Subset);
        if (subset is null) return Refuse($"no DestinationRule for {name.Host} that the proxy sees has a subset '{name.Subset}'", out reason);
        var query = new EndpointQuery
        {
            Cluster = name,
            PortName = port.Text("name") ?? "",
            SubsetLabels = subset.Value,
            Mtls = new MtlsPolicy(name, rule, policies.PeerAuthentications, SystemNamespaces.Istio),
            Compatibility = compatibility,
            NodeLocal = service.Object("spec").Text("internalTrafficPolicy") == "Local",
            ClusterLocal = ClusterLocalHosts.Includes(policies.MeshConfig, name.Host, domain),
            KeepsSessions = SliceEndpoints.KeepsSessions(service),
            Rule = rule?.Name ?? "",
            Failover = rule?.Failover,
        };
        return new EndpointSnapshot { Query = query, Endpoints = inputs.Endpoints, Gateways = inputs.Gateways, Proxy = proxy };
    }

    /// <summary>Whether some Service of that name serves the port, whatever its rules say.</summary>
    public static bool Serves(EnvoyClusterName name, LiveInputs inputs) => inputs.ServicesFor(null).Exists(service => Port(service, name.Port) is not null);

    private static JsonObject? Port(JsonObject service, int number) => TcpPorts(service).FirstOrDefault(port => port.Number("port") == number);

    private static IEnumerable<long> Ports(JsonObject service) => TcpPorts(service).Select(port => port.Number("port")).OfType<long>();

    private static IEnumerable<JsonObject> TcpPorts(JsonObject service) =>
        service.Object("spec").List("ports").Objects().Where(port => port.Text("protocol") is null or "TCP");

    private static EndpointSnapshot? Refuse(string text, out string reason)
    {
        reason = text;
        return null;
    }
}
