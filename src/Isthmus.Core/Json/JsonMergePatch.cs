using System.Text.Json.Nodes;

namespace Isthmus.Core.Json;

/// <summary>RFC 7386 JSON merge patches.</summary>
public static class JsonMergePatch
{
    /// <summary>The patched copy of a target: maps merge, null deletes, anything else replaces.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        JsonObject result = target is JsonObject map ? map.DeepClone().AsObject() : [];
        Merge(result, changes);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject changes)
    {
        foreach ((string key, JsonNode? change) in changes)
        {
            if (change is null)
            {
                target.Remove(key);
            }
            else if (change is JsonObject nested)
            {
                if (target[key] is not JsonObject into)
                    target[key] = into = [];
                Merge(into, nested);
            }
            else
            {
                target[key] = change.DeepClone();
            }
        }
    }
}
