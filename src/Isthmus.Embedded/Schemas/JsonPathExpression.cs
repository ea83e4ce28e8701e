using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>The part of Kubernetes' JSONPath that printer columns use: names, indices, <c>*</c>, and filters <c>?(@.a=="b")</c>.</summary>
internal sealed partial class JsonPathExpression
{
    private readonly List<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps = [];

    private JsonPathExpression()
    {
    }

    public static JsonPathExpression Parse(string text)
    {
        var path = new JsonPathExpression();
        foreach (Match match in Step().Matches(text))
            path._steps.Add(ToStep(match));
        return path;
    }

    public IReadOnlyList<JsonNode?> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
            found = found.SelectMany(step);
        return [.. found];
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> ToStep(Match match)
    {
        if (match.Groups["filterPath"].Success)
        {
            var path = Parse(match.Groups["filterPath"].Value);
            var expected = match.Groups["filterValue"].Value;
            return node => node.Items().Where(item => path.Find(item).Any(value => (value.AsText() ?? value?.ToJsonString()) == expected));
        }

        if (match.Groups["index"].Success)
        {
            var index = int.Parse(match.Groups["index"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return node => node is JsonArray array && (index < 0 ? array.Count + index : index) is var at && at >= 0 && at < array.Count ? [array[at]] : [];
        }

        if (match.Groups["all"].Success)
            return node => node switch { JsonArray array => array, JsonObject obj => obj.Select(entry => entry.Value), _ => [] };
        var name = (match.Groups["quoted"].Success ? match.Groups["quoted"] : match.Groups["name"]).Value.Replace("\\.", ".", StringComparison.Ordinal);
        return node => node is JsonObject obj && obj.TryGetPropertyValue(name, out var value) ? [value] : [];
    }

    [GeneratedRegex("""\[\?\(@(?<filterPath>[^=\)]*?)\s*==\s*["']?(?<filterValue>[^"'\)]*)["']?\s*\)\]|\[(?<index>-?[0-9]+)\]|(?<all>\[\*\]|\.\*)|\[['"](?<quoted>[^'"]+)['"]\]|\.(?<name>(?:\\\.|[^.\[\]])+)""")]
    private static partial Regex Step();
}
