using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Prints values as Go's <c>%q</c> and <c>%#v</c> do where field errors show them.</summary>
internal static class GoValue
{
    public static string Format(JsonNode? value) => value switch
    {
        null => "\"null\"",
        JsonArray array when array.All(item => item.AsText() is not null) =>
            $"[]string{{{string.Join(", ", array.Select(item => Quote(item.AsText() ?? "")))}}}",
        JsonArray array => $"[]interface {{}}{{{string.Join(", ", array.Select(Format))}}}",
        JsonObject map => $"map[string]interface {{}}{{{string.Join(", ", Sorted(map).Select(entry => $"{Quote(entry.Key)}:{Format(entry.Value)}"))}}}",
        _ when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    public static string FormatMap(IReadOnlyDictionary<string, string>? map) => map is null || map.Count == 0
        ? "map[string]string(nil)"
        : $"map[string]string{{{string.Join(", ", map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{Quote(entry.Key)}:{Quote(entry.Value)}"))}}}";

    /// <summary>Go's strconv.Quote.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\v' => quoted.Append("\\v"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        return quoted.Append('"').ToString();
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Sorted(JsonObject map) => map.OrderBy(entry => entry.Key, StringComparer.Ordinal);
}
