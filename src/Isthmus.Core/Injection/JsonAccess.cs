using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>Reads members of raw objects; what is absent, null or of another type is absent to the caller.</summary>
internal static class JsonAccess
{
    public static JsonObject? Object(this JsonObject? owner, string name) =>
        owner is not null && owner.TryGetPropertyValue(name, out var value) ? value as JsonObject : null;

    public static JsonArray? List(this JsonObject? owner, string name) =>
        owner is not null && owner.TryGetPropertyValue(name, out var value) ? value as JsonArray : null;

    public static string? Text(this JsonObject? owner, string name) =>
        owner is not null && owner.TryGetPropertyValue(name, out var value) ? value.AsText() : null;

    public static bool? Flag(this JsonObject? owner, string name) =>
        owner is not null && owner.TryGetPropertyValue(name, out var value) && value is JsonValue scalar && scalar.TryGetValue(out bool flag) ? flag : null;

    public static long? Number(this JsonObject? owner, string name) =>
        owner is not null && owner.TryGetPropertyValue(name, out var value) ? value.AsNumber() : null;

    public static string? AsText(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? AsNumber(this JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue(out long whole)) return whole;
        if (value.TryGetValue(out int small)) return small;
        if (value.TryGetValue(out double real) && real == Math.Floor(real) && Math.Abs(real) < 9e15) return (long)real;
        return null;
    }

    public static bool TryGetContainer(this JsonArray? containers, string name, [NotNullWhen(true)] out JsonObject? container)
    {
        container = null;
        if (containers is null) return false;
        foreach (var item in containers)
            if (item is JsonObject candidate && candidate.Text("name") == name)
            {
                container = candidate;
                return true;
            }
        return false;
    }

    public static IEnumerable<JsonObject> Objects(this JsonArray? list) => list is null ? [] : list.OfType<JsonObject>();

    /// <summary>The named member as an object; it is created where it is absent.</summary>
    public static JsonObject EnsureObject(this JsonObject owner, string name)
    {
        if (owner.Object(name) is { } existing) return existing;
        var created = new JsonObject();
        owner[name] = created;
        return created;
    }

    public static JsonArray EnsureList(this JsonObject owner, string name)
    {
        if (owner.List(name) is { } existing) return existing;
        var created = new JsonArray();
        owner[name] = created;
        return created;
    }

    /// <summary>A map of strings, such as labels and annotations; members of another type are left out.</summary>
    public static Dictionary<string, string> StringMap(this JsonObject? owner, string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (owner.Object(name) is { } members)
            foreach (var (key, value) in members)
            {
                if (value is null) map[key] = "";
                else if (value.AsText() is { } text) map[key] = text;
            }
        return map;
    }

    public static string Invariant(this long value) => value.ToString(CultureInfo.InvariantCulture);
}
