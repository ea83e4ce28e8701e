using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>The list half of strategic merge. Works in linear time; Kubernetes compares every pair.</summary>
internal static class StrategicListMerge
{
    /// <summary>Merges a patch's elements into a list; <paramref name="wanted"/> is the order that the client asked for, else that of the patch.</summary>
    public static void Merge(JsonArray list, JsonArray patch, MergeField field, JsonArray? wanted = null)
    {
        List<JsonNode?> original = [.. list];
        bool maps = (original.Count > 0 ? original : [.. patch]).All(element => element is JsonObject);
        if (original.Concat(patch).Any(element => element is JsonArray || (element is JsonObject) != maps))
            throw new StrategicMergeException("all list elements must be of the same kind; lists of lists are not supported");
        if (maps && original.Count + patch.Count > 0 && field.MergeKey.Length == 0)
            throw new StrategicMergeException($"cannot merge lists without merge key for {field.Type}");

        var changes = patch.ToList();
        if (maps)
            Direct(ref original, ref changes, field.MergeKey);
        Dictionary<string, int> before = Positions(original, field);
        List<JsonNode?> merged = MergeElements(original, changes, field, maps);
        List<JsonNode?> ordered = Arrange(merged, Positions(wanted is null ? changes : wanted, field), before, field);
        list.Clear();
        foreach (JsonNode? element in ordered)
            list.Add(element);
    }

    /// <summary>Obeys <c>$patch</c> of single elements: delete by key, or replace the whole list by the other elements.</summary>
    private static void Direct(ref List<JsonNode?> original, ref List<JsonNode?> changes, string mergeKey)
    {
        if (!changes.Any(StrategicMerge.HasDirective))
            return;
        var rest = new List<JsonNode?>();
        bool replace = false;
        foreach (JsonObject change in changes.OfType<JsonObject>())
        {
            if (!StrategicMerge.HasDirective(change))
            {
                rest.Add(change);
                continue;
            }
            switch (StrategicMerge.DirectiveOf(change))
            {
                case "delete":
                    string key = Key(change, mergeKey);
                    original.RemoveAll(element => element is JsonObject map && Key(map, mergeKey) == key);
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw new StrategicMergeException("merging lists cannot yet be specified in the patch");
                case var unknown:
                    throw new StrategicMergeException($"unknown patch type: {unknown} in map: {GoText.Format(change)}");
            }
        }
        (original, changes) = replace ? ([.. rest.Select(element => element?.DeepClone())], []) : (original, rest);
    }

    /// <summary>Old elements, changed in place, then the patch's new ones.</summary>
    private static List<JsonNode?> MergeElements(List<JsonNode?> original, List<JsonNode?> changes, MergeField field, bool maps)
    {
        List<JsonNode?> merged = [.. original];
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < merged.Count; i++)
            known.TryAdd(Key(merged[i], field.MergeKey), i);
        foreach (JsonNode? change in changes)
        {
            string key = Key(change, field.MergeKey);
            if (!known.TryGetValue(key, out int at))
            {
                known.Add(key, merged.Count);
                merged.Add(maps ? StrategicMerge.Fresh(change) : change?.DeepClone());
            }
            else if (maps && merged[at] is JsonObject into && change is JsonObject map)
            {
                merged[at] = StrategicMerge.MergeMap(into, map, field.Struct);
            }
        }
        return maps ? merged : [.. merged.DistinctBy(element => Key(element, ""))];
    }

    /// <summary>
    /// Kubernetes' order: elements that the patch names in the patch's order, the others in the old one; of the two heads the
    /// other one goes first only if both were in the old list and it stood in front there.
    /// </summary>
    private static List<JsonNode?> Arrange(List<JsonNode?> merged, Dictionary<string, int> wanted, Dictionary<string, int> before, MergeField field)
    {
        var named = merged.Where(element => wanted.ContainsKey(Key(element, field.MergeKey))).OrderBy(element => wanted[Key(element, field.MergeKey)]).ToList();
        var others = merged.Where(element => !wanted.ContainsKey(Key(element, field.MergeKey))).ToList();
        var result = new List<JsonNode?>(merged.Count);
        int i = 0;
        int j = 0;
        while (i < others.Count || j < named.Count)
        {
            bool takeOther = j == named.Count || (i < others.Count
                && before.TryGetValue(Key(others[i], field.MergeKey), out int other)
                && before.TryGetValue(Key(named[j], field.MergeKey), out int own)
                && other < own);
            result.Add(takeOther ? others[i++] : named[j++]);
        }
        return result;
    }

    private static Dictionary<string, int> Positions(IEnumerable<JsonNode?> elements, MergeField field)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        int at = 0;
        foreach (JsonNode? element in elements)
            positions.TryAdd(Key(element, field.MergeKey), at++);
        return positions;
    }

    /// <summary>What tells an element from others, as JSON text: the value of its merge key, or the primitive itself.</summary>
    private static string Key(JsonNode? element, string mergeKey) => element is not JsonObject map
        ? GoJson.Write(element)
        : map.TryGetPropertyValue(mergeKey, out JsonNode? key)
            ? GoJson.Write(key)
            : throw new StrategicMergeException($"map: {GoText.Format(element)} does not contain declared merge key: {mergeKey}");
}
