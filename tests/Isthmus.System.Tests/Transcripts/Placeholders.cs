using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>What the placeholders of one scenario stand for: fixed ones, and those bound when first seen.</summary>
internal sealed partial class Placeholders(IReadOnlyDictionary<string, string> configured)
{
    private readonly Dictionary<string, string> _bound = new(StringComparer.Ordinal);

    /// <summary>Whether a text is one single placeholder that anything satisfies.</summary>
    public static bool IsAnything(string text) => text is "<any>" or "<object>" or "<ptr>" or "<binary>";

    /// <summary>Puts values in; a placeholder without a value stays.</summary>
    public string Fill(string text) => Placeholder().Replace(text, match =>
        configured.GetValueOrDefault(match.Value) ?? _bound.GetValueOrDefault(match.Value) ?? match.Value);

    public JsonNode? Fill(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                return new JsonObject(obj.Select(entry => KeyValuePair.Create(Fill(entry.Key), Fill(entry.Value))));
            case JsonArray array:
                return new JsonArray([.. array.Select(Fill)]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                var filled = Fill(text);
                // Node ports are numbers wherever they stand alone.
                return text.StartsWith("<nodePort:", StringComparison.Ordinal) && int.TryParse(filled, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : filled;
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>Whether a text is as recorded; binds what it meets for the first time.</summary>
    public bool Matches(string expected, string actual)
    {
        if (!expected.Contains('<', StringComparison.Ordinal))
            return expected == actual;
        var names = new List<string>();
        var pattern = new StringBuilder("^");
        var at = 0;
        foreach (Match match in Placeholder().Matches(expected))
        {
            pattern.Append(Regex.Escape(expected[at..match.Index]));
            at = match.Index + match.Length;
            var group = $"p{names.Count}";
            names.Add(match.Value);
            pattern.Append(CultureInfo.InvariantCulture, $"(?<{group}>{PatternOf(match.Value)})");
        }

        pattern.Append(Regex.Escape(expected[at..])).Append("\\z");
        var found = Regex.Match(actual, pattern.ToString(), RegexOptions.Singleline);
        return found.Success && names.Select((name, i) => (name, found.Groups[$"p{i}"].Value)).All(entry => Bind(entry.name, entry.Value));
    }

    private bool Bind(string name, string value)
    {
        if (!Numbered().IsMatch(name) || name.StartsWith("<listrv:", StringComparison.Ordinal))
            return !Numbered().IsMatch(name) || _bound.TryAdd(name, value) || value.Length > 0;
        if (_bound.TryGetValue(name, out var before))
            return before == value;
        var kind = name[..name.IndexOf(':', StringComparison.Ordinal)];
        if (kind == "<uid" && _bound.Any(entry => entry.Key.StartsWith("<uid:", StringComparison.Ordinal) && entry.Value == value))
            return false;
        _bound.Add(name, value);
        return true;
    }

    private string PatternOf(string name)
    {
        if (name == "<refused>")
            return $"(?:{Regex.Escape(configured[name])}|{Regex.Escape(new Uri(configured[name]).Authority)})";
        if (configured.TryGetValue(name, out var given))
            return Regex.Escape(given);
        if (_bound.TryGetValue(name, out var bound) && !name.StartsWith("<listrv:", StringComparison.Ordinal))
            return Regex.Escape(bound);
        return name.Trim('<', '>').Split(':')[0] switch
        {
            "uid" => "[0-9a-f-]{8,}",
            "rv" or "listrv" or "nodePort" => "[0-9]+",
            "ip" => "[0-9a-f.:]+",
            "suffix" => "[a-z0-9]{5}",
            "time" => @"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)",
            "age" => "(?:<unknown>|[0-9]+[smhdy](?:[0-9]+[smhd])?)",
            "token" or "continue" => @"\S+",
            _ => ".*",
        };
    }

    [GeneratedRegex("<[a-zA-Z-]+(?::[a-z0-9]+)?>")]
    private static partial Regex Placeholder();

    [GeneratedRegex("^<[a-z]+[A-Z]?[a-z]*:[0-9]+>$")]
    private static partial Regex Numbered();
}
