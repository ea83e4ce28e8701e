using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Reads raw Kubernetes objects leniently: what is absent, null or of another type reads as absent.</summary>
internal static class JsonAccess
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = node is JsonObject obj ? obj[name] : null;
        return node;
    }

    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path).AsText() ?? "";

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path).AsInteger();

    public static JsonObject? Object(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static IEnumerable<JsonNode?> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array : [];

    public static IEnumerable<JsonObject> Objects(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Items(path).OfType<JsonObject>();

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Items(path).Select(item => item.AsText() ?? "");

    public static bool Has(this JsonObject obj, string name) => obj[name] is not null;

    /// <summary>The strings of a map[string]string.</summary>
    public static IReadOnlyDictionary<string, string> Strings(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject map
            ? map.ToDictionary(entry => entry.Key, entry => entry.Value.AsText() ?? "", StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The object at <paramref name="name"/>, made when it is missing.</summary>
    public static JsonObject Ensure(this JsonObject obj, string name)
    {
        if (obj[name] is JsonObject there)
            return there;
        var made = new JsonObject();
        obj[name] = made;
        return made;
    }

    public static void SetIfAbsent(this JsonObject obj, string name, JsonNode? value)
    {
        if (obj[name] is null)
            obj[name] = value;
    }

    /// <summary>Takes the member over from <paramref name="source"/>, or drops it where the source has none.</summary>
    public static void CopyFrom(this JsonObject obj, JsonObject? source, string name)
    {
        if (source?[name] is { } value)
            obj[name] = value.DeepClone();
        else
            obj.Remove(name);
    }

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>An integer, however it is stored; null for fractions and other types.</summary>
    public static long? AsInteger(this JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
            return null;
        var text = value.ToJsonString();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return integer;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Floor(real) == real && Math.Abs(real) < 9e15
            ? (long)real
            : null;
    }
}
