using System.Text.Json.Nodes;

namespace Isthmus.Core.Endpoints;

/// <summary>An answer as the recordings write it: groups in order, with weight, and each address with port, weight, health and metadata.</summary>
public static class AssignmentJson
{
    private const string CanonicalName = "service.istio.io/canonical-name";
    private const string CanonicalRevision = "service.istio.io/canonical-revision";

    public static JsonArray Write(LoadAssignment assignment, EndpointProxy proxy) =>
        new([.. assignment.Groups.Select(group => (JsonNode)Group(group, proxy))]);

    /// <summary>The filter metadata by which istiod tells a proxy whether to use mutual TLS, and whose endpoint it is.</summary>
    public static JsonObject FilterMetadata(AssignedEndpoint endpoint, EndpointProxy proxy)
    {
        var metadata = new JsonObject();
        if (endpoint.TakesMtls) metadata["envoy.transport_socket_match"] = new JsonObject { ["tlsMode"] = MeshEndpoint.IstioTls };
        metadata["istio"] = new JsonObject { ["workload"] = Workload(endpoint, proxy) };
        return metadata;
    }

    private static JsonObject Group(LocalityGroup group, EndpointProxy proxy) => new JsonObject
    {
        ["locality"] = group.Locality,
        ["priority"] = group.Priority,
        ["hasWeight"] = group.HasWeight,
        ["weight"] = group.Weight,
        ["endpoints"] = new JsonArray([.. group.Endpoints.Select(endpoint => (JsonNode)Endpoint(endpoint, proxy))]),
    };

    private static JsonObject Endpoint(AssignedEndpoint endpoint, EndpointProxy proxy) => new JsonObject
    {
        ["address"] = endpoint.Address,
        ["port"] = endpoint.Port,
        ["weight"] = endpoint.Weight,
        ["health"] = Health(endpoint) ?? "UNKNOWN",
        ["metadata"] = new JsonObject { ["filterMetadata"] = FilterMetadata(endpoint, proxy) },
    };

    /// <summary>Envoy's word for an endpoint's health. Rule 9: a gateway carries none.</summary>
    internal static string? Health(AssignedEndpoint endpoint) => endpoint.Endpoint switch
    {
        null => null,
        { Health: EndpointHealth.Unhealthy } => "UNHEALTHY",
        { Health: EndpointHealth.Draining } => "DRAINING",
        _ => "HEALTHY",
    };

    // istiod writes the proxy's own cluster for a gateway.
    internal static string Workload(AssignedEndpoint endpoint, EndpointProxy proxy) => endpoint.Endpoint is { } own
        ? $"{own.Workload};{own.Namespace};{own.Labels.GetValueOrDefault(CanonicalName)};{own.Labels.GetValueOrDefault(CanonicalRevision)};{own.Cluster}"
        : $";;;;{proxy.Cluster}";
}
