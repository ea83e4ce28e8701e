using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>
/// What a live object becomes when our part of it is put in place. Labels and annotations of others stay. Where it equals the
/// live object there is nothing to write.
/// </summary>
internal static class ObjectMerge
{
    // The server adds fields to these: defaults in webhook configurations and pod templates, finalizers in namespaces' spec, older servers' secrets in accounts.
    private static readonly ImmutableArray<ResourceKind> WithServerFields =
    [
        ResourceKind.MutatingWebhookConfiguration, ResourceKind.ValidatingWebhookConfiguration, ResourceKind.Namespace, ResourceKind.ServiceAccount,
        ResourceKind.Deployment, ResourceKind.PodDisruptionBudget,
    ];

    /// <summary>Whether servers add fields to what we write of a kind.</summary>
    public static bool HasServerFields(ResourceKind kind) => WithServerFields.Contains(kind);

    public static JsonObject Merge(ResourceKind kind, JsonObject live, JsonObject desired)
    {
        var keepsOthers = HasServerFields(kind);
        var merged = (JsonObject)live.DeepClone();
        foreach (var key in live.Select(field => field.Key).Where(key => !keepsOthers && !IsServers(key) && !desired.ContainsKey(key)).ToArray())
            merged.Remove(key);
        foreach (var (key, value) in desired)
        {
            if (key == "metadata")
                MergeMetadata((JsonObject)(merged["metadata"] ??= new JsonObject()), value as JsonObject ?? []);
            else
                merged[key] = keepsOthers ? Subset(merged[key], value) : value?.DeepClone();
        }

        return merged;
    }

    /// <summary>A null in a desired object means "must not be there"; on creation it is simply left out.</summary>
    public static JsonObject WithoutNulls(JsonObject obj)
    {
        var result = new JsonObject();
        foreach (var (key, value) in obj)
        {
            if (value is not null)
                result[key] = Clean(value);
        }

        return result;
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject obj => WithoutNulls(obj),
        JsonArray items => new JsonArray([.. items.Select(Clean)]),
        _ => node?.DeepClone(),
    };

    /// <summary>On our objects: the keys of labels that their user gave by other ways, which go with them.</summary>
    public const string CarriedLabels = "isthmus.dev/carried-labels";

    /// <summary>The same of annotations.</summary>
    public const string CarriedAnnotations = "isthmus.dev/carried-annotations";

    internal static bool IsServers(string key) => key is "apiVersion" or "kind" or "metadata" or "status";

    private static void MergeMetadata(JsonObject live, JsonObject desired)
    {
        var carried = new Dictionary<string, HashSet<string>> { ["labels"] = Carried(live, CarriedLabels), ["annotations"] = Carried(live, CarriedAnnotations) };
        foreach (var map in new[] { "labels", "annotations" })
        {
            var wanted = desired[map] as JsonObject ?? [];
            var merged = live[map] as JsonObject ?? [];
            foreach (var stale in merged.Select(entry => entry.Key).Where(key => (IsOurKey(key) || carried[map].Contains(key)) && !wanted.ContainsKey(key)).ToArray())
                merged.Remove(stale);
            foreach (var (key, value) in wanted)
                merged[key] = value?.DeepClone();
            if (merged.Count == 0)
                live.Remove(map);
            else if (merged.Parent is null)
                live[map] = merged;
        }
    }

    private static HashSet<string> Carried(JsonObject metadata, string note) =>
        [.. (ObjectMetadata.TextOf((metadata["annotations"] as JsonObject)?[note]) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];

    internal static bool IsOurKey(string key) => key.StartsWith(Ownership.Prefix, StringComparison.Ordinal);

    private static JsonNode? Subset(JsonNode? live, JsonNode? desired)
    {
        if (live is JsonObject liveMap && desired is JsonObject desiredMap)
        {
            var merged = (JsonObject)liveMap.DeepClone();
            foreach (var (key, value) in desiredMap)
            {
                if (value is null)
                    merged.Remove(key);
                else
                    merged[key] = Subset(liveMap[key], value);
            }

            return merged;
        }

        if (live is JsonArray liveItems && desired is JsonArray desiredItems && liveItems.Count == desiredItems.Count)
            return new JsonArray([.. desiredItems.Select((item, index) => Subset(liveItems[index], item))]);
        return Clean(desired);
    }
}
