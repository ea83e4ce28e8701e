using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.ControlPlane;

/// <summary>What became of a text: the new one, or the reason why it is left alone.</summary>
/// <param name="Text">The whole text; null where the key is not to be there.</param>
/// <param name="Refusal">Why nothing can be written; null where it can.</param>
/// <param name="Clashes">Networks of ours that somebody else describes already, in other words.</param>
internal sealed record MeshNetworksEdit(string? Text, string? Refusal, ImmutableArray<string> Clashes);

/// <summary>
/// Keeps our networks between two marks in Istio's <c>meshNetworks</c> and leaves every other byte as it is, comments too. Taking them out
/// again gives back the text that was there.
/// </summary>
internal static class MeshNetworksText
{
    private const string Begin = "# BEGIN isthmus: kept by Isthmus, changes in here are lost";
    private const string End = "# END isthmus";
    private const string Was = "# isthmus, before: ";
    private const string Absent = "no such key";
    private const string Nothing = "no networks";
    private const string Networks = "networks:";

    /// <param name="text">The text as it stands; null where the ConfigMap has no such key.</param>
    /// <param name="ours">The networks that are to be ours; empty takes our part out.</param>
    public static MeshNetworksEdit Write(string? text, IReadOnlyDictionary<string, JsonObject> ours)
    {
        if (Strip(text) is not (var others, null))
            return new MeshNetworksEdit(text, Strip(text).Refusal, []);
        if (ours.Count == 0)
            return new MeshNetworksEdit(others, null, []);
        if (NetworksOf(others) is not { } theirs)
            return new MeshNetworksEdit(text, MeshNetworksLayout.Find(others ?? "") is MeshNetworksLayout.Unfit unfit ? unfit.Reason : "it cannot be read", []);
        var clashes = ours.Where(network => theirs.ContainsKey(network.Key) && !JsonNode.DeepEquals(theirs[network.Key], network.Value))
            .Select(network => network.Key).Order(StringComparer.Ordinal).ToImmutableArray();
        var added = ours.Where(network => !theirs.ContainsKey(network.Key))
            .ToImmutableSortedDictionary(network => network.Key, network => network.Value, StringComparer.Ordinal);
        if (added.IsEmpty)
            return new MeshNetworksEdit(others, null, clashes);
        var (written, refusal) = Insert(others, added);
        return refusal is null && !IsSum(written, others, theirs, added)
            ? new MeshNetworksEdit(text, "its form cannot be added to safely: write it in block style, one field a line", clashes)
            : new MeshNetworksEdit(written ?? text, refusal, clashes);
    }

    /// <summary>The networks in our part of a text; empty where it has none.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Ours(string? text)
    {
        var lines = (text ?? "").Split('\n');
        var (begin, end) = Marks(lines);
        if (begin < 0 || end < begin || Parse(string.Join('\n', lines[(begin + 1)..end])) is not JsonObject networks)
            return ImmutableDictionary<string, JsonObject>.Empty;
        return networks.Where(network => network.Value is JsonObject).ToImmutableDictionary(network => network.Key, network => (JsonObject)(network.Value ?? new JsonObject()));
    }

    private static (string? Text, string? Refusal) Insert(string? others, ImmutableSortedDictionary<string, JsonObject> added)
    {
        var lines = (others ?? "").Split('\n').ToList();
        switch (MeshNetworksLayout.Find(others ?? ""))
        {
            case MeshNetworksLayout.Block block:
                lines.InsertRange(block.Line + 1, Part(added, block.ChildIndent));
                break;
            case MeshNetworksLayout.Empty empty:
                var was = lines[empty.Line];
                lines.RemoveAt(empty.Line);
                lines.InsertRange(empty.Line, Whole(was, empty.Indent, added));
                break;
            case MeshNetworksLayout.Missing missing:
                // A last line feed stays the last.
                lines.InsertRange(lines[^1].Length == 0 ? lines.Count - 1 : lines.Count, Whole(others is null ? Absent : Nothing, missing.Indent, added));
                break;
            case MeshNetworksLayout.Unfit unfit:
                return (null, unfit.Reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        return (string.Join('\n', lines), null);
    }

    private static IEnumerable<string> Whole(string was, int indent, ImmutableSortedDictionary<string, JsonObject> added) =>
        [new string(' ', indent) + Was + was, new string(' ', indent) + Networks, .. Part(added, indent + 2)];

    private static IEnumerable<string> Part(ImmutableSortedDictionary<string, JsonObject> added, int indent)
    {
        var margin = new string(' ', indent);
        var map = new JsonObject(added.Select(network => KeyValuePair.Create(network.Key, (JsonNode?)network.Value.DeepClone())));
        return [margin + Begin, .. Yaml.Write(map).TrimEnd('\n').Split('\n').Select(line => margin + line), margin + End];
    }

    /// <summary>The text without our part, as it was before us.</summary>
    private static (string? Text, string? Refusal) Strip(string? text)
    {
        if (text is null)
            return (null, null);
        var lines = text.Split('\n').ToList();
        var (begin, end) = Marks(lines);
        if (begin < 0 && end < 0)
            return (text, null);
        if (begin < 0 || end < begin || lines.Count(IsBegin) > 1 || lines.Count(IsEnd) > 1)
            return (text, $"the marks of our part are damaged: it has to stand between '{Begin}' and '{End}', each once");
        lines.RemoveRange(begin, end - begin + 1);
        var note = lines.FindIndex(line => line.TrimStart().StartsWith(Was, StringComparison.Ordinal));
        if (note < 0)
            return (string.Join('\n', lines), null);
        var was = lines[note].TrimStart()[Was.Length..];
        lines.RemoveAt(note);
        // Somebody may have put networks below ours; then the key is theirs now.
        if (MeshNetworksLayout.Find(string.Join('\n', lines)) is not MeshNetworksLayout.Empty { IsNull: true } empty || empty.Line != note)
            return (string.Join('\n', lines), null);
        lines.RemoveAt(note);
        if (was is not (Absent or Nothing))
            lines.Insert(note, was);
        var before = string.Join('\n', lines);
        return (was == Absent && before.Length == 0 ? null : before, null);
    }

    private static (int Begin, int End) Marks(IEnumerable<string> lines)
    {
        var list = lines.ToList();
        return (list.FindIndex(IsBegin), list.FindIndex(IsEnd));
    }

    private static bool IsBegin(string line) => line.Trim() == Begin;

    private static bool IsEnd(string line) => line.Trim() == End;

    /// <summary>Whether the text says what others wrote and our networks, and nothing else: an anchor, for one, can carry ours to another place.</summary>
    private static bool IsSum(string? written, string? others, JsonObject theirs, ImmutableSortedDictionary<string, JsonObject> added)
    {
        var sum = Parse(others ?? "") as JsonObject ?? [];
        var networks = (JsonObject)theirs.DeepClone();
        foreach (var (name, network) in added)
            networks[name] = network.DeepClone();
        sum["networks"] = networks;
        return JsonNode.DeepEquals(Parse(written ?? ""), sum);
    }

    /// <summary>The networks in a text; null where it cannot be read as such.</summary>
    private static JsonObject? NetworksOf(string? text) => Parse(text ?? "") switch
    {
        null => [],
        JsonObject root when root["networks"] is null => [],
        JsonObject root => root["networks"] as JsonObject,
        _ => null,
    };

    private static JsonNode? Parse(string text)
    {
        try
        {
            return Yaml.Read(text);
        }
        catch (YamlFormatException)
        {
            // Anything that is no map will do to say so.
            return JsonValue.Create(false);
        }
    }
}
