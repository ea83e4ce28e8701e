using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>
/// Patches by position: a list's common head and tail are left alone and what is between is changed pair by pair, so the time
/// is linear. (Looking for the shortest list edit is quadratic, which once made Istio's own webhook time out.)
/// </summary>
internal static class JsonPatchDiff
{
    public static JsonArray Compute(JsonNode? from, JsonNode? to)
    {
        var patch = new JsonArray();
        Compare(patch, "", from, to);
        return patch;
    }

    private static void Compare(JsonArray patch, string path, JsonNode? from, JsonNode? to)
    {
        if (from is JsonObject fromMap && to is JsonObject toMap)
            CompareMaps(patch, path, fromMap, toMap);
        else if (from is JsonArray fromList && to is JsonArray toList)
            CompareLists(patch, path, fromList, toList);
        else if (!JsonNode.DeepEquals(from, to))
            patch.Add(Operation("replace", path, to));
    }

    private static void CompareMaps(JsonArray patch, string path, JsonObject from, JsonObject to)
    {
        foreach ((string key, JsonNode? value) in from)
        {
            if (to.TryGetPropertyValue(key, out JsonNode? wanted))
                Compare(patch, JsonPointer.Append(path, key), value, wanted);
            else
                patch.Add(new JsonObject { ["op"] = "remove", ["path"] = JsonPointer.Append(path, key) });
        }
        foreach ((string key, JsonNode? wanted) in to)
        {
            if (!from.ContainsKey(key))
                patch.Add(Operation("add", JsonPointer.Append(path, key), wanted));
        }
    }

    private static void CompareLists(JsonArray patch, string path, JsonArray from, JsonArray to)
    {
        int shorter = Math.Min(from.Count, to.Count);
        int head = 0;
        while (head < shorter && JsonNode.DeepEquals(from[head], to[head]))
            head++;
        int tail = 0;
        while (tail < shorter - head && JsonNode.DeepEquals(from[^(tail + 1)], to[^(tail + 1)]))
            tail++;

        int fromEnd = from.Count - tail;
        int toEnd = to.Count - tail;
        for (int i = fromEnd - 1; i >= head + Math.Max(0, toEnd - head); i--)
            patch.Add(new JsonObject { ["op"] = "remove", ["path"] = JsonPointer.Append(path, i) });
        for (int i = head; i < Math.Min(fromEnd, toEnd); i++)
            Compare(patch, JsonPointer.Append(path, i), from[i], to[i]);
        for (int i = fromEnd; i < toEnd; i++)
            patch.Add(Operation("add", tail == 0 ? path + "/-" : JsonPointer.Append(path, i), to[i]));
    }

    private static JsonObject Operation(string operation, string path, JsonNode? value) =>
        new() { ["op"] = operation, ["path"] = path, ["value"] = value?.DeepClone() };
}
