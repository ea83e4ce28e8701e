using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>Reads the members of one object of a snapshot; every member of a wrong type is reported with its path, and none hides another.</summary>
internal sealed class SnapshotFields(JsonObject source, string path, List<string> errors)
{
    public string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Report(string name, string problem) => errors.Add($"{Path(name)}: {problem}");

    public string Text(string name, string fallback = "")
    {
        if (source[name] is not { } node) return fallback;
        if (node.AsText() is { } text) return text;
        Report(name, "must be a string");
        return fallback;
    }

    public string RequiredText(string name)
    {
        if (source[name] is null) Report(name, "is missing");
        return Text(name);
    }

    public long Number(string name, long fallback, long least, long most)
    {
        if (source[name] is not { } node) return fallback;
        if (node.AsNumber() is { } number && number >= least && number <= most) return number;
        Report(name, $"must be a whole number from {least} to {most}");
        return fallback;
    }

    public bool? Flag(string name)
    {
        if (source[name] is not { } node) return null;
        if (source.Flag(name) is { } flag) return flag;
        Report(name, "must be true or false");
        return null;
    }

    public SnapshotFields? Object(string name)
    {
        if (source[name] is JsonObject found) return new SnapshotFields(found, Path(name), errors);
        if (source[name] is not null) Report(name, "must be an object");
        return null;
    }

    public bool Has(string name) => source[name] is not null;

    public IEnumerable<(JsonObject Object, SnapshotFields Fields)> Objects(string name)
    {
        if (source[name] is not { } node) yield break;
        if (node is not JsonArray list)
        {
            Report(name, "must be a list");
            yield break;
        }
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject item) yield return (item, new SnapshotFields(item, $"{Path(name)}[{i}]", errors));
            else errors.Add($"{Path(name)}[{i}]: must be an object");
        }
    }

    public ImmutableArray<string> Texts(string name)
    {
        if (source[name] is not { } node) return [];
        if (node is JsonArray list && list.All(item => item.AsText() is not null)) return [.. list.Select(item => item.AsText()).OfType<string>()];
        Report(name, "must be a list of strings");
        return [];
    }

    public IReadOnlyDictionary<string, string> Labels(string name)
    {
        if (source[name] is { } node && (node is not JsonObject map || map.Any(label => label.Value.AsText() is null))) Report(name, "must be an object of strings");
        return source.StringMap(name).ToFrozenDictionary(StringComparer.Ordinal);
    }
}
