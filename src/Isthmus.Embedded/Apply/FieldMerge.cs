using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Apply;

/// <summary>Lays an applied configuration over the live object, and takes out what its manager no longer applies.</summary>
internal static class FieldMerge
{
    /// <exception cref="DuplicateElementException">The configuration names an element of an associative list twice.</exception>
    public static JsonNode? Merge(FieldType type, JsonNode? live, JsonNode? applied, string path = "")
    {
        if (applied is JsonObject with && live is JsonObject obj && !type.IsAtomic)
        {
            var merged = new JsonObject();
            foreach (var (name, value) in obj)
            {
                merged[name] = with.TryGetPropertyValue(name, out var over) ? Merge(type.Field(name), value, over, $"{path}.{name}") : value?.DeepClone();
            }
            foreach (var (name, value) in with.Where(f => !obj.ContainsKey(f.Key)))
            {
                merged[name] = Merge(type.Field(name), null, value, $"{path}.{name}");
            }
            return merged;
        }
        if (applied is JsonObject fresh && live is null && !type.IsAtomic)
        {
            return new JsonObject(fresh.Select(f => KeyValuePair.Create(f.Key, Merge(type.Field(f.Key), null, f.Value, $"{path}.{f.Key}"))));
        }
        if (applied is JsonArray list && live is JsonArray or null && type.List != ListType.Atomic)
        {
            return MergeLists(type, live as JsonArray, list, path);
        }
        return applied?.DeepClone();
    }

    /// <summary>Without the fields in <paramref name="last"/> that <paramref name="kept"/> has nothing of.</summary>
    public static void Prune(FieldType type, JsonNode? value, FieldSet last, FieldSet kept)
    {
        if (value is JsonObject obj && !type.IsAtomic)
        {
            foreach (var name in obj.Select(f => f.Key).ToList())
            {
                var element = FieldElements.Field(name);
                if (Goes(last, kept, element, isField: true))
                {
                    obj.Remove(name);
                }
                else if (last.Below(element) is { } lastBelow)
                {
                    Prune(type.Field(name), obj[name], lastBelow, kept.Below(element) ?? new FieldSet());
                }
            }
        }
        else if (value is JsonArray list && type.List != ListType.Atomic)
        {
            foreach (var (element, item) in FieldElements.Elements(type, list))
            {
                if (Goes(last, kept, element, isField: false))
                {
                    list.Remove(item);
                }
                else if (last.Below(element) is { } lastBelow)
                {
                    Prune(type.Item, item, lastBelow, kept.Below(element) ?? new FieldSet());
                }
            }
        }
    }

    private static bool Goes(FieldSet last, FieldSet kept, string element, bool isField)
    {
        var (had, has) = (last.Below(element), kept.Below(element));
        // A struct that was applied field by field goes with its last field.
        return had is not null && (had.IsMember || (isField && had.HasFieldsBelow)) && (has is null || has.IsEmpty);
    }

    /// <summary>The order is that of the configuration, with elements that only the live list has kept where they stand.</summary>
    private static JsonArray MergeLists(FieldType type, JsonArray? live, JsonArray applied, string path)
    {
        var old = FieldElements.Elements(type, live);
        var over = FieldElements.Elements(type, applied, refuseDuplicatesAt: path);
        var oldByKey = old.ToDictionary(StringComparer.Ordinal);
        var overKeys = over.Select(e => e.Key).ToHashSet(StringComparer.Ordinal);
        var merged = new JsonArray();
        var done = new HashSet<string>(StringComparer.Ordinal);
        for (int l = 0, r = 0; l < old.Count || r < over.Count;)
        {
            if (l < old.Count && done.Contains(old[l].Key))
            {
                l++;
            }
            else if (l < old.Count && !overKeys.Contains(old[l].Key))
            {
                merged.Add(old[l++].Value?.DeepClone());
            }
            else
            {
                var (key, value) = over[r++];
                merged.Add(Merge(type.Item, oldByKey.GetValueOrDefault(key), value, path));
                done.Add(key);
            }
        }
        return merged;
    }
}
