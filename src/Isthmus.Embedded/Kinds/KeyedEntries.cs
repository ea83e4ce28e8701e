using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>What ConfigMaps and Secrets have in common.</summary>
internal static class KeyedEntries
{
    public const int SizeLimit = 1024 * 1024;

    public static JsonNode Count(JsonObject obj, params ReadOnlySpan<string> fields)
    {
        var count = 0;
        foreach (var field in fields)
            count += obj.Object(field)?.Count ?? 0;
        return count;
    }

    public static IEnumerable<FieldError> Keys(JsonObject obj, string field)
    {
        foreach (var key in obj.Object(field)?.Select(entry => entry.Key) ?? [])
            foreach (var problem in NameRules.ConfigKey(key))
                yield return FieldErrors.Invalid($"{field}[{key}]", key, problem);
    }

    public static long DecodedSize(JsonObject obj, string field) =>
        obj.Strings(field).Values.Sum(value => (long)value.TrimEnd('=').Length * 3 / 4);

    public static IEnumerable<FieldError> Immutable(JsonObject obj, JsonObject old, params string[] fields)
    {
        if (!old.Flag("immutable"))
            yield break;
        if (!obj.Flag("immutable"))
            yield return FieldErrors.Forbidden("immutable", "field is immutable when `immutable` is set");
        foreach (var field in fields)
            if (!JsonNode.DeepEquals(obj[field], old[field]))
                yield return FieldErrors.Forbidden(field, "field is immutable when `immutable` is set");
    }
}
