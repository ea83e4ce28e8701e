using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>Lists declared as sets or maps hold no element twice.</summary>
internal static class ListTypes
{
    public static IEnumerable<FieldError> Validate(JsonNode? value, JsonObject schema, string path)
    {
        switch (value)
        {
            case JsonObject obj:
                foreach (var (name, member) in obj)
                    if ((schema.At("properties", name) ?? schema["additionalProperties"]) is JsonObject property)
                        foreach (var error in Validate(member, property, path.Length == 0 ? name : $"{path}.{name}"))
                            yield return error;
                break;
            case JsonArray array:
                foreach (var error in Duplicates(array, schema, path))
                    yield return error;
                if (schema.Object("items") is { } items)
                    for (var i = 0; i < array.Count; i++)
                        foreach (var error in Validate(array[i], items, $"{path}[{i}]"))
                            yield return error;
                break;
        }
    }

    private static IEnumerable<FieldError> Duplicates(JsonArray array, JsonObject schema, string path)
    {
        var type = schema.Text("x-kubernetes-list-type");
        if (type is not ("set" or "map"))
            yield break;
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToArray();
        var seen = new List<JsonNode?>();
        for (var i = 0; i < array.Count; i++)
        {
            var identity = type == "set" ? array[i]?.DeepClone() : Key(array[i], keys);
            if (seen.Exists(other => JsonNode.DeepEquals(other, identity)))
                yield return FieldErrors.Duplicate($"{path}[{i}]", identity);
            else
                seen.Add(identity);
        }
    }

    private static JsonObject Key(JsonNode? item, string[] keys)
    {
        var key = new JsonObject();
        foreach (var name in keys)
            if (item.At(name) is { } value)
                key[name] = value.DeepClone();
        return key;
    }
}
