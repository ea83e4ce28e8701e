using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Events;

/// <summary>The part of an object that Isthmus reads: while it stays the same, a write is nobody's business here.</summary>
internal static class ChangeFingerprint
{
    private const string OurPrefix = "isthmus.dev/";

    // What we write ourselves onto exported Services: an event for each would only find that nothing is to be done.
    private static readonly string[] OwnMarks =
    [
        FederationNames.ExportedSinceAnnotation, FederationNames.AddressAnnotation, FederationNames.AddressClaimedAnnotation,
        FederationNames.ProblemAnnotation, FederationNames.ExportedLabel,
    ];

    // Istio's words on a gateway's Service, which decide over its addresses.
    private static readonly string[] GatewayMarks = ["networking.istio.io/gatewayPort", "traffic.istio.io/nodeSelector"];

    private static readonly string[] ServiceFields = ["type", "clusterIP", "ports", "selector", "externalName", "externalIPs", "publishNotReadyAddresses"];

    /// <summary>Null for an object that is not there.</summary>
    public static JsonObject? Of(string kind, JsonObject? obj) => obj is null ? null : kind switch
    {
        "Service" => Service(obj),
        "EndpointSlice" => EndpointSlice(obj),
        // A kind that we asked for and know no details of: everything but bookkeeping counts.
        _ => With(obj, new JsonObject { ["spec"] = obj["spec"]?.DeepClone() }),
    };

    private static JsonObject Service(JsonObject service)
    {
        var spec = new JsonObject();
        foreach (var field in ServiceFields)
            spec[field] = (service["spec"] as JsonObject)?[field]?.DeepClone();
        return With(service, new JsonObject
        {
            ["spec"] = spec,
            ["gateway"] = new JsonArray([.. GatewayMarks.Select(mark => (JsonNode?)(service.Label(mark) ?? service.Annotation(mark)))]),
            ["loadBalancer"] = (service["status"] as JsonObject)?["loadBalancer"]?.DeepClone(),
        });
    }

    /// <summary>Which pods stand behind the Service and are ready, for identities, weights and pods' names; their addresses stay inside the cluster.</summary>
    private static JsonObject EndpointSlice(JsonObject slice)
    {
        var endpoints = (slice["endpoints"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Select(endpoint => $"{ObjectMetadata.TextOf((endpoint["targetRef"] as JsonObject)?["name"])}/{ObjectMetadata.TextOf(endpoint["hostname"])}/{PodsBehind.IsReady(endpoint)}")
            .Order(StringComparer.Ordinal);
        return With(slice, new JsonObject
        {
            ["service"] = slice.Label("kubernetes.io/service-name"),
            ["endpoints"] = new JsonArray([.. endpoints.Select(endpoint => (JsonNode)endpoint)]),
        });
    }

    private static JsonObject With(JsonObject obj, JsonObject fingerprint)
    {
        var metadata = obj["metadata"] as JsonObject;
        fingerprint["labels"] = Ours(metadata?["labels"] as JsonObject);
        fingerprint["annotations"] = Ours(metadata?["annotations"] as JsonObject);
        fingerprint["terminating"] = obj.IsTerminating();
        return fingerprint;
    }

    private static JsonObject Ours(JsonObject? map)
    {
        var ours = new JsonObject();
        foreach (var (key, value) in map ?? [])
        {
            if (key.StartsWith(OurPrefix, StringComparison.Ordinal) && !OwnMarks.Contains(key))
                ours[key] = value?.DeepClone();
        }

        return ours;
    }
}
