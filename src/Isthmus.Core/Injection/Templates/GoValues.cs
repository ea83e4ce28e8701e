using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Structs;

namespace Isthmus.Core.Injection.Templates;

/// <summary>Template values as JSON.</summary>
internal static class GoValues
{
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        string text => text,
        bool flag => flag,
        long number => number,
        int number => number,
        nint number => (long)number,
        ulong number => number,
        double number => number,
        StructView view => StructJson.Canonical(view.Value, view.Type),
        IReadOnlyDictionary<string, object?> map => Map(map.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value)))),
        IReadOnlyDictionary<string, string> map => Map(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        IGoObject { Underlying: { } basic } => ToJson(basic),
        IEnumerable list and not IGoObject => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// Template function omitNil: without nulls, at any depth; what holds nothing else becomes null itself, what holds none comes back as it is.
    /// </summary>
    public static JsonNode? OmitNull(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                var members = map.Select(member => KeyValuePair.Create(member.Key, OmitNull(member.Value))).Where(member => member.Value is not null).ToList();
                return members.Count == 0 ? null : new JsonObject(members);
            case JsonArray { Count: > 0 } list:
                var items = list.Select(OmitNull).Where(item => item is not null).ToArray();
                return items.Length == 0 ? null : new JsonArray(items);
            default:
                return value?.DeepClone();
        }
    }

    private static JsonObject Map(IEnumerable<KeyValuePair<string, JsonNode?>> members) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal));
}
