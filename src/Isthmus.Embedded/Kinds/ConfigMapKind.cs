using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class ConfigMapKind(ResourceDefinition resource)
    : BuiltInKind(resource, [Column.Name, Column.Of("Data", obj => KeyedData.Count(obj, "data", "binaryData")), Column.Age])
{
    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj).Concat(KeyedData.Keys(obj, "data")))
            yield return error;
        foreach (var key in obj.Object("binaryData")?.Select(entry => entry.Key) ?? [])
            if (obj.At("data", key) is not null)
                yield return FieldErrors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
        foreach (var error in KeyedData.Keys(obj, "binaryData"))
            yield return error;
        var size = obj.Strings("data").Values.Sum(value => (long)Encoding.UTF8.GetByteCount(value)) + KeyedData.DecodedSize(obj, "binaryData");
        if (size > KeyedData.SizeLimit)
            yield return FieldErrors.TooLong("[]", KeyedData.SizeLimit);
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) =>
        base.ValidateUpdate(obj, old, subresource).Concat(KeyedData.Immutable(obj, old, "data", "binaryData"));
}

/// <summary>What ConfigMaps and Secrets have in common.</summary>
internal static class KeyedData
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
