using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>How objects are asked for and what of them is kept: endpoints depend on little of them, and there are many.</summary>
internal static class FeedForm
{
    private const string Json = "application/json";

    // Pods are the most and the largest; a server that knows no partial metadata answers with whole ones.
    private const string Partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    private const string PartialEvents = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    public static string AcceptList(ResourceKind kind) => kind == ResourceKind.Pod ? Partial : Json;

    public static string AcceptWatch(ResourceKind kind) => kind == ResourceKind.Pod ? PartialEvents : Json;

    /// <summary>A copy with the parts that matter, which holds on to nothing of the page that it came in.</summary>
    public static JsonObject Keep(ResourceKind kind, JsonObject obj)
    {
        var kept = new JsonObject { ["metadata"] = Metadata(kind, obj["metadata"] as JsonObject ?? []) };
        foreach (var field in FieldsOf(kind))
        {
            if (obj[field] is { } value)
                kept[field] = Copy(field, value);
        }

        if (kind == ResourceKind.Node && obj["status"] is JsonObject status)
            kept["status"] = NodeStatus(status);
        return kept;
    }

    private static string[] FieldsOf(ResourceKind kind) => kind switch
    {
        _ when kind == ResourceKind.Pod || kind == ResourceKind.Namespace || kind == ResourceKind.Node => [],
        _ when kind == ResourceKind.Service => ["spec", "status"],
        _ when kind == ResourceKind.EndpointSlice => ["addressType", "ports", "endpoints"],
        _ when kind == ResourceKind.ConfigMap => ["data"],
        _ => ["spec"],
    };

    // A node tells every few seconds that it lives; only whether it is ready counts.
    private static JsonObject NodeStatus(JsonObject status) => new()
    {
        ["addresses"] = status["addresses"]?.DeepClone(),
        ["conditions"] = new JsonArray([.. (status["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(condition => ObjectMetadata.TextOf(condition["type"]) == "Ready").Select(condition => (JsonNode)Only(condition, "type", "status"))]),
    };

    private static JsonNode Copy(string field, JsonNode value) => field == "endpoints" && value is JsonArray endpoints
        ? new JsonArray([.. endpoints.OfType<JsonObject>().Select(endpoint => (JsonNode)Only(endpoint, "addresses", "conditions", "nodeName", "targetRef"))])
        : value.DeepClone();

    private static JsonObject Metadata(ResourceKind kind, JsonObject metadata) => kind == ResourceKind.Service
        ? Only(metadata, "name", "namespace", "labels", "annotations", "deletionTimestamp")
        : Only(metadata, "name", "namespace", "labels", "creationTimestamp", "deletionTimestamp");

    private static JsonObject Only(JsonObject owner, params ReadOnlySpan<string> fields)
    {
        var kept = new JsonObject();
        foreach (var field in fields)
        {
            if (owner.TryGetPropertyValue(field, out var value) && value is not null)
                kept[field] = value.DeepClone();
        }

        return kept;
    }
}
