using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>Compares an answer with the recorded one by the rules of the recordings.</summary>
internal sealed class BodyComparer(Placeholders placeholders, string area, JsonObject step)
{
    private static readonly string[] DiscoveryKinds = ["APIResourceList", "APIGroupList", "APIGroup", "APIVersions", "APIGroupDiscoveryList"];
    private static readonly string[] DetailFields = ["name", "group", "kind", "retryAfterSeconds"];

    /// <summary>Only part of the body was recorded; so it is where not even the media type was.</summary>
    private readonly bool _trimmed = (step["trimmed"]?.GetValue<bool>() ?? false)
        || (step["response"] is JsonObject response && response.ContainsKey("body") && !response.ContainsKey("contentType"));
    private readonly string[] _ignored = step["compare"]?["ignore"] is JsonArray ignored ? [.. ignored.Select(path => (string?)path ?? "")] : [];
    private bool _discovery;

    public List<(string Path, string Expected, string Got)> Differences { get; } = [];

    /// <summary>The recorded and the answered message of a Status, with whether they are equal.</summary>
    public (string Expected, string Got, bool Equal)? Message { get; private set; }

    public void Compare(JsonNode? expected, JsonNode? actual)
    {
        _discovery = DiscoveryKinds.Contains(Text(expected, "kind"), StringComparer.Ordinal) || expected?["paths"] is JsonArray;
        if (Text(expected, "kind") == "Status" && expected is JsonObject status)
            CompareStatus(status, actual);
        else
            CompareNode(expected, actual, "");
    }

    private void CompareStatus(JsonObject expected, JsonNode? actual)
    {
        if (actual is not JsonObject got)
        {
            Differ("", expected, actual);
            return;
        }

        foreach (var field in new[] { "kind", "apiVersion", "status", "reason", "code" })
            CompareNode(expected[field], got[field], field);
        foreach (var field in DetailFields)
            CompareNode(expected["details"]?[field], got["details"]?[field], $"details.{field}");
        var (wanted, given) = (Causes(expected), Causes(got));
        if (!wanted.SetEquals(given))
            Differ("details.causes", string.Join("; ", wanted.Except(given)) + " (missing)", string.Join("; ", given.Except(wanted)) + " (too many)");
        if (expected["message"] is not { } message)
            return;
        var (recorded, answered) = ((string?)message ?? "", Text(got, "message"));
        var prefix = Text(step["compare"], "message") == "prefix";
        var equal = prefix
            ? answered.StartsWith(placeholders.Fill(recorded), StringComparison.Ordinal)
            : placeholders.Matches(recorded, answered);
        Message = (placeholders.Fill(recorded), answered, equal);
    }

    private HashSet<string> Causes(JsonObject status) =>
        status["details"]?["causes"] is JsonArray causes
            ? causes.Select(cause => placeholders.Fill($"{Text(cause, "field")} {Text(cause, "reason")}")).ToHashSet(StringComparer.Ordinal)
            : [];

    private void CompareNode(JsonNode? expected, JsonNode? actual, string path)
    {
        if (_ignored.Contains(path, StringComparer.Ordinal) || (expected is JsonValue any && any.GetValueKind() == JsonValueKind.String && Placeholders.IsAnything(any.GetValue<string>())))
            return;
        switch (expected)
        {
            case JsonObject wanted when actual is JsonObject got:
                CompareObjects(wanted, got, path);
                break;
            case JsonArray wanted when actual is JsonArray got:
                CompareArrays(wanted, got, path);
                break;
            case JsonValue wanted when wanted.GetValueKind() == JsonValueKind.String && actual is JsonValue got && got.GetValueKind() is JsonValueKind.String or JsonValueKind.Number:
                if (!placeholders.Matches(wanted.GetValue<string>(), actual.GetValueKind() == JsonValueKind.String ? actual.GetValue<string>() : actual.ToJsonString()))
                    Differ(path, expected, actual);
                break;
            default:
                if (!JsonNode.DeepEquals(expected, actual) && !SameNumber(expected, actual))
                    Differ(path, expected, actual);
                break;
        }
    }

    private void CompareObjects(JsonObject expected, JsonObject actual, string path)
    {
        var left = actual.Where(entry => !Skipped(entry.Key, entry.Value, path)).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (key, value) in expected)
        {
            if (Skipped(key, value, path) || (key == "uid" && (string?)value == "<admin-uid>"))
            {
                left.Remove(key);
                continue;
            }

            var field = path.Length == 0 ? key : $"{path}.{key}";
            var name = left.ContainsKey(key) ? key : left.Keys.FirstOrDefault(given => key.Contains('<', StringComparison.Ordinal) && placeholders.Matches(key, given)) ?? key;
            if (!left.Remove(name, out var got))
            {
                if (!_ignored.Contains(field, StringComparer.Ordinal))
                    Differ(field, value, null, "(absent)");
                continue;
            }

            if (key == "managedFields" && value is JsonArray wantedEntries && got is JsonArray gotEntries)
                CompareManagedFields(wantedEntries, gotEntries, field);
            else
                CompareNode(value, got, field);
        }

        if (_trimmed || path.EndsWith("userInfo", StringComparison.Ordinal))
            return;
        foreach (var (key, value) in left)
            if (!_ignored.Contains(path.Length == 0 ? key : $"{path}.{key}", StringComparer.Ordinal))
                Differ(path.Length == 0 ? key : $"{path}.{key}", null, value, expectedText: "(absent)");
    }

    private bool Skipped(string key, JsonNode? value, string path) => key switch
    {
        "managedFields" => area != "apply",
        "storageVersionHash" or "selfLink" => true,
        "creationTimestamp" => value is null,
        "description" => path.Contains("columnDefinitions[", StringComparison.Ordinal),
        _ => false,
    };

    private void CompareManagedFields(JsonArray expected, JsonArray actual, string path)
    {
        var left = actual.Select(WithoutTime).ToList();
        foreach (var wanted in expected.Select(entry => placeholders.Fill(WithoutTime(entry))))
            if (left.FindIndex(given => JsonNode.DeepEquals(given, wanted)) is var at and >= 0)
                left.RemoveAt(at);
            else
                Differ(path, wanted, left.Count > 0 ? left[0] : null);
        if (actual.Count != expected.Count)
            Differ($"{path}.length", expected.Count, actual.Count);
    }

    private static JsonObject WithoutTime(JsonNode? entry)
    {
        var copy = entry?.DeepClone() as JsonObject ?? [];
        copy.Remove("time");
        return copy;
    }

    private void CompareArrays(JsonArray expected, JsonArray actual, string path)
    {
        var (wanted, got) = (expected.ToArray(), actual.ToArray());
        if (_discovery && !path.StartsWith("serverAddress", StringComparison.Ordinal))
            (wanted, got) = ([.. wanted.OrderBy(Identity, StringComparer.Ordinal)], [.. got.OrderBy(Identity, StringComparer.Ordinal)]);
        else if (path == "items" && Text(step["compare"], "items") == "unordered")
            (wanted, got) = ([.. wanted.OrderBy(Identity, StringComparer.Ordinal)], [.. got.OrderBy(Identity, StringComparer.Ordinal)]);
        if (_discovery && _trimmed && !path.StartsWith("serverAddress", StringComparison.Ordinal))
            got = [.. wanted.Select(item => Array.Find(got, other => Identity(other) == Identity(item)))];
        if (wanted.Length != got.Length)
        {
            Differ($"{path}.length", string.Join(", ", wanted.Select(Identity)), string.Join(", ", got.Select(Identity)));
            return;
        }

        for (var i = 0; i < wanted.Length; i++)
            if (_trimmed && path == "items")
                CompareNode(wanted[i]?["metadata"]?["name"], got[i]?["metadata"]?["name"], $"items[{i}].metadata.name");
            else
                CompareNode(wanted[i], got[i], $"{path}[{i}]");
    }

    private static string Identity(JsonNode? item) => item switch
    {
        JsonObject obj => new[] { Text(obj, "name"), Text(obj, "groupVersion"), Text(obj["metadata"], "name") }.FirstOrDefault(text => text.Length > 0) ?? obj.ToJsonString(),
        null => "null",
        _ => item.ToString(),
    };

    private static bool SameNumber(JsonNode? expected, JsonNode? actual) =>
        expected?.GetValueKind() == JsonValueKind.Number && actual?.GetValueKind() == JsonValueKind.Number
        && expected.ToJsonString().TrimEnd('0').TrimEnd('.') == actual.ToJsonString().TrimEnd('0').TrimEnd('.');

    private void Differ(string path, JsonNode? expected, JsonNode? actual, string? actualText = null, string? expectedText = null) =>
        Differences.Add((path, expectedText ?? placeholders.Fill(expected?.ToJsonString() ?? "null"), actualText ?? actual?.ToJsonString() ?? "null"));

    private static string Text(JsonNode? node, string field) =>
        node is JsonObject obj && obj[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
}
