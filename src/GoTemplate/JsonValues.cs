using System.Text.Json.Nodes;
using GoTemplate.Values;

namespace GoTemplate;

/// <summary>Turns JSON into the values that templates read fastest, and that any number of executions may share.</summary>
public static class JsonValues
{
    /// <summary>Dictionaries and lists, which templates do not change; numbers become float64. JsonNode itself is read lazily, which is neither fast nor safe for several threads.</summary>
    public static object? Convert(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(e => e.Key, e => Convert(e.Value), StringComparer.Ordinal),
        JsonArray list => list.Select(Convert).ToList(),
        _ => GoValue.From(node),
    };
}
