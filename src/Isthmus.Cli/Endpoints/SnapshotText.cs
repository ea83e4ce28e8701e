using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Json;

namespace Isthmus.Cli.Endpoints;

/// <summary>The objects of a snapshot file, each with the line where it begins: one object over many lines, or one a line.</summary>
internal static partial class SnapshotText
{
    public static IReadOnlyList<(int Line, JsonObject Object)> Read(string text)
    {
        var lines = text.Split('\n').Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)).Select(line => (Number: line.Index + 1, Text: line.Item)).ToList();
        if (lines.Count == 0) throw new EndpointsInputException("line 1: no object here");
        // A first line that is whole by itself says that each line is one object.
        return StrictJson.TryParse(lines[0].Text, out _, out _) ? [.. lines.Select(line => (line.Number, Parse(line.Text, line.Number)))] : [(lines[0].Number, Whole(text, lines.Count))];
    }

    private static JsonObject Whole(string text, int lines) => Parse(text, 1, lines > 1 ? " (one object, or one object a line)" : "");

    private static JsonObject Parse(string text, int line, string hint = "")
    {
        if (!StrictJson.TryParse(text, out var node, out var error))
        {
            var at = ErrorLine().Match(error) is { Success: true } match ? line + int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : line;
            throw new EndpointsInputException($"line {at}: this is no JSON{hint}: {Position().Replace(error, "")}");
        }
        return node as JsonObject ?? throw new EndpointsInputException($"line {line}: this is no object");
    }

    [GeneratedRegex(@"LineNumber: (\d+)")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\s*(Path: \S+ \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.?$")]
    private static partial Regex Position();
}
