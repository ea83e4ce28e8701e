using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Embedded.Apply;

/// <summary>Two elements of an associative list under one key; apply refuses them.</summary>
internal sealed class DuplicateElementException(string path, string key) : Exception($"{path}: duplicate entries for key {key}");

/// <summary>Path elements: how a field, a list element by its keys and an element of a set are named.</summary>
internal static class FieldElements
{
    public static string Field(string name) => "f:" + name;

    /// <summary>The elements of an associative list or set by path element, in order; a second one of a name is left out, or refused.</summary>
    public static List<KeyValuePair<string, JsonNode?>> Elements(FieldType type, JsonArray? list, string? refuseDuplicatesAt = null)
    {
        var elements = new List<KeyValuePair<string, JsonNode?>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list ?? [])
        {
            var element = type.List == ListType.Set ? "v:" + GoJson.Write(item) : "k:" + GoJson.Write(Key(type, item as JsonObject));
            if (seen.Add(element))
            {
                elements.Add(new(element, item));
            }
            else if (refuseDuplicatesAt is not null)
            {
                throw new DuplicateElementException(refuseDuplicatesAt, Text(element));
            }
        }
        return elements;
    }

    /// <summary>A path as conflicts print it: <c>.spec.containers[name="a"].image</c>.</summary>
    public static string Text(IEnumerable<string> path) => string.Concat(path.Select(Text));

    private static string Text(string element) => element[0] switch
    {
        'f' => "." + element[2..],
        'k' when JsonNode.Parse(element[2..]) is JsonObject keys => $"[{string.Join(",", keys.Select(k => $"{k.Key}={GoJson.Write(k.Value)}"))}]",
        _ => $"[={element[2..]}]",
    };

    private static JsonObject Key(FieldType type, JsonObject? item)
    {
        var key = new JsonObject();
        foreach (var name in type.Keys)
        {
            if ((item?[name] ?? type.KeyDefault(name)) is { } value)
            {
                key[name] = value.DeepClone();
            }
        }
        return key;
    }
}
