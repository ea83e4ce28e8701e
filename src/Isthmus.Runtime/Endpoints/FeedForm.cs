using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>How the objects of a kind are asked for and what of them is kept: endpoints depend on little of them, and there are many.</summary>
internal sealed record FeedForm<T>(string AcceptList, string AcceptWatch, Func<JsonElement, T> Read, IEqualityComparer<T> Same);

/// <summary>The forms of the kinds that are followed.</summary>
internal static class FeedForm
{
    private const string Json = "application/json";

    // Pods are the most and the largest; a server that knows no partial metadata answers with whole ones.
    private const string Partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    private const string PartialEvents = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    private const int MostLabels = 10_000;

    public static FeedForm<EndpointSlice> Slices { get; } = new(Json, Json, EndpointSlice.Read, EqualityComparer<EndpointSlice>.Default);

    /// <summary>Pods that share what labels they have in common.</summary>
    public static FeedForm<EndpointPod> Pods()
    {
        var labels = new ConcurrentDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        return new FeedForm<EndpointPod>(Partial, PartialEvents, pod => EndpointPod.Read(pod, Shared), EqualityComparer<EndpointPod>.Default);

        IReadOnlyDictionary<string, string> Shared(string text, Func<IReadOnlyDictionary<string, string>> read)
        {
            // Every rollout brings new ones.
            if (labels.Count > MostLabels)
                labels.Clear();
            return labels.GetOrAdd(text, _ => read());
        }
    }

    /// <summary>Objects of which the given members are kept, beside name and labels.</summary>
    public static FeedForm<JsonObject> Objects(params string[] members) =>
        new(Json, Json, obj => Keep(obj, members), EqualityComparer<JsonObject>.Create(JsonNode.DeepEquals, obj => obj.Name().GetHashCode(StringComparison.Ordinal)));

    /// <summary>Nodes tell every few seconds that they live; only where they are and whether they are ready is kept.</summary>
    public static FeedForm<JsonObject> Nodes { get; } = Objects("status") with { Read = ReadNode };

    private static JsonObject ReadNode(JsonElement node)
    {
        var kept = Keep(node, ["status"]);
        if (kept["status"] is JsonObject status)
        {
            var ready = (status["conditions"] as JsonArray ?? []).OfType<JsonObject>().Where(condition => ObjectMetadata.TextOf(condition["type"]) == "Ready");
            kept["status"] = new JsonObject
            {
                ["addresses"] = status["addresses"]?.DeepClone(),
                ["conditions"] = new JsonArray([.. ready.Select(condition => (JsonNode)new JsonObject { ["type"] = "Ready", ["status"] = condition["status"]?.DeepClone() })]),
            };
        }

        return kept;
    }

    private static JsonObject Keep(JsonElement obj, string[] members)
    {
        var kept = Only(obj, members);
        kept["metadata"] = Only(obj.TryGetProperty("metadata", out var metadata) ? metadata : default, "name", "namespace", "labels", "annotations", "creationTimestamp", "deletionTimestamp");
        return kept;
    }

    private static JsonObject Only(JsonElement owner, params string[] members)
    {
        var kept = new JsonObject();
        foreach (var member in members)
        {
            if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null)
                // A copy, which holds on to nothing of the page that it came in.
                kept[member] = JsonNode.Parse(value.GetRawText());
        }

        return kept;
    }
}
