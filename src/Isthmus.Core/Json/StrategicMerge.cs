using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>
/// Kubernetes' strategic merge patch: maps merge, lists merge by the key that the schema names, everything else is replaced.
/// Works on raw JSON: fields that the schema does not know merge as maps or are replaced, and stay with their list element.
/// </summary>
public static class StrategicMerge
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";
    private const string SetOrder = "$setElementOrder/";

    /// <summary>The patched copy of an object.</summary>
    /// <exception cref="StrategicMergeException">A list element lacks its merge key, or a directive is wrong.</exception>
    public static JsonObject Apply(JsonObject original, JsonObject patch, MergeSchema schema)
    {
        ArgumentNullException.ThrowIfNull(original);
        return ApplyInPlace(original.DeepClone().AsObject(), patch, schema);
    }

    /// <summary>Like <see cref="Apply"/>, but changes the original, and returns it unless the patch replaces it whole.</summary>
    /// <exception cref="StrategicMergeException">As <see cref="Apply"/>; the original is then half changed.</exception>
    public static JsonObject ApplyInPlace(JsonObject original, JsonObject patch, MergeSchema schema)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(schema);
        return MergeMap(original, patch, schema);
    }

    internal static JsonObject MergeMap(JsonObject original, JsonObject patch, MergeSchema? schema)
    {
        if (patch.TryGetPropertyValue(Directive, out JsonNode? directive))
            return Directed(patch, directive);
        if (patch[RetainKeys] is JsonNode retained)
            Retain(original, patch, retained);
        HashSet<string>? done = null;
        foreach ((string key, JsonNode? value) in patch)
        {
            if (key.StartsWith(DeleteFromList, StringComparison.Ordinal))
                DeletePrimitives(original, key[DeleteFromList.Length..], value);
            else if (key.StartsWith(SetOrder, StringComparison.Ordinal))
                Order(original, patch, key[SetOrder.Length..], value, schema, done ??= new HashSet<string>(StringComparer.Ordinal));
        }
        foreach ((string key, JsonNode? value) in patch)
        {
            if (!IsDirective(key) && done?.Contains(key) != true)
                MergeMember(original, key, value, schema?.Field(key));
        }
        return original;
    }

    /// <summary>A patch's value as it is stored where there was none: without nulls in maps, and without directives.</summary>
    internal static JsonNode? Fresh(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                var result = new JsonObject();
                foreach ((string key, JsonNode? member) in map)
                {
                    if (member is not null && key != Directive && !IsDirective(key))
                        result[key] = Fresh(member);
                }
                return result;
            case JsonArray list:
                var kept = new JsonArray();
                foreach (JsonNode? element in list)
                {
                    if (!HasDirective(element))
                        kept.Add(Fresh(element));
                }
                return kept;
            default:
                return value?.DeepClone();
        }
    }

    internal static bool HasDirective(JsonNode? element) => element is JsonObject map && map.ContainsKey(Directive);

    internal static string DirectiveOf(JsonObject element) => GoText.Format(element[Directive]);

    private static void MergeMember(JsonObject original, string key, JsonNode? value, MergeField? field)
    {
        if (value is null)
        {
            original.Remove(key);
            return;
        }
        JsonNode? present = original[key];
        switch (value)
        {
            case JsonObject map when present is JsonObject into:
                JsonObject merged = MergeMap(into, map, field is { Shape: FieldShape.One } ? field.Struct : null);
                if (!ReferenceEquals(merged, into))
                    original[key] = merged;
                break;
            case JsonArray list when present is JsonArray into && field is { Merge: true }:
                StrategicListMerge.Merge(into, list, field);
                break;
            case JsonArray list when present is JsonArray:
                original[key] = list.DeepClone();
                break;
            default:
                original[key] = Fresh(value);
                break;
        }
    }

    private static JsonObject Directed(JsonObject patch, JsonNode? directive)
    {
        string text = GoText.Format(directive);
        switch (text)
        {
            case "replace":
                JsonObject whole = patch.DeepClone().AsObject();
                whole.Remove(Directive);
                return whole;
            case "delete":
                return [];
            default:
                throw new StrategicMergeException($"unknown patch type: {text} in map: {GoText.Format(patch)}");
        }
    }

    private static void Retain(JsonObject original, JsonObject patch, JsonNode retained)
    {
        var keys = (retained as JsonArray ?? throw new StrategicMergeException("invalid patch format of retainKeys"))
            .Select(GoText.Format).ToHashSet(StringComparer.Ordinal);
        if (patch.Any(member => member.Value is not null && !IsDirective(member.Key) && !keys.Contains(member.Key)))
            throw new StrategicMergeException("invalid patch format of retainKeys");
        foreach (string key in original.Select(member => member.Key).Where(key => !keys.Contains(key)).ToList())
            original.Remove(key);
    }

    private static void DeletePrimitives(JsonObject original, string key, JsonNode? values)
    {
        if (values is not JsonArray unwanted)
            throw new StrategicMergeException("invalid patch format of delete primitive list");
        if (original[key] is not JsonArray list)
            return;
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (unwanted.Any(value => JsonNode.DeepEquals(value, list[i])))
                list.RemoveAt(i);
        }
    }

    private static void Order(JsonObject original, JsonObject patch, string key, JsonNode? order, MergeSchema? schema, HashSet<string> done)
    {
        if (order is not JsonArray wanted || (patch[key] is not (null or JsonArray)))
            throw new StrategicMergeException("invalid patch format of setElementOrder list");
        MergeField? field = schema?.Field(key);
        if (field is not { Merge: true } || (original[key] is null && patch[key] is null))
            return;
        if (original[key] is not JsonArray list)
            original[key] = list = [];
        StrategicListMerge.Merge(list, patch[key] as JsonArray ?? [], field, wanted);
        done.Add(key);
    }

    private static bool IsDirective(string key) =>
        key == RetainKeys || key.StartsWith(DeleteFromList, StringComparison.Ordinal) || key.StartsWith(SetOrder, StringComparison.Ordinal);
}
