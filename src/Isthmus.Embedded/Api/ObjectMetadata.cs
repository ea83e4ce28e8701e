using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Api;

/// <summary>The <c>metadata</c> of raw objects. Missing and mistyped values read as empty.</summary>
internal static class ObjectMetadata
{
    /// <summary>The object's metadata, added when absent.</summary>
    public static JsonObject Metadata(this JsonObject obj)
    {
        if (obj["metadata"] is JsonObject metadata)
        {
            return metadata;
        }
        metadata = [];
        obj["metadata"] = metadata;
        return metadata;
    }

    public static string Text(this JsonObject? obj, string key) =>
        obj is not null && obj.TryGetPropertyValue(key, out var node) && node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static string Name(this JsonObject obj) => (obj["metadata"] as JsonObject).Text("name");

    public static string Namespace(this JsonObject obj) => (obj["metadata"] as JsonObject).Text("namespace");

    public static string Uid(this JsonObject obj) => (obj["metadata"] as JsonObject).Text("uid");

    public static string ResourceVersion(this JsonObject obj) => (obj["metadata"] as JsonObject).Text("resourceVersion");

    public static bool IsBeingDeleted(this JsonObject obj) => (obj["metadata"] as JsonObject).Text("deletionTimestamp").Length > 0;

    public static IReadOnlyList<string> Finalizers(this JsonObject obj) =>
        obj["metadata"]?["finalizers"] is JsonArray list ? [.. list.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var s) ? s : "")] : [];

    /// <summary>One label; null where it has none of that name.</summary>
    public static string? Label(this JsonObject obj, string key) =>
        obj["metadata"]?["labels"] is JsonObject map && map.TryGetPropertyValue(key, out var value)
            ? value is JsonValue v && v.TryGetValue<string>(out var text) ? text : ""
            : null;

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject obj)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (obj["metadata"]?["labels"] is JsonObject map)
        {
            foreach (var (key, value) in map)
            {
                labels[key] = value is JsonValue v && v.TryGetValue<string>(out var text) ? text : "";
            }
        }
        return labels;
    }

    public static long? Integer(this JsonObject? obj, string key)
    {
        if (obj?[key] is not JsonValue value)
        {
            return null;
        }
        if (value.TryGetValue<long>(out var integer))
        {
            return integer;
        }
        if (value.TryGetValue<int>(out var small))
        {
            return small;
        }
        return value.TryGetValue<double>(out var real) ? (long)real : null;
    }

    /// <summary>RFC 3339 to the second, in UTC, as <c>metav1.Time</c> prints it.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JsonObject Copy(this JsonObject obj) => obj.DeepClone().AsObject();
}
