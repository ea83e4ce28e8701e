using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>One recorded scenario; its format is described beside the recordings.</summary>
internal sealed record Scenario(string Name, string Area, string Folder, JsonObject Content)
{
    public IEnumerable<JsonObject> Part(string name) => Content[name] is JsonArray steps ? steps.OfType<JsonObject>() : [];

    public IEnumerable<string> Requires => Content["requires"] is JsonArray files ? files.Select(file => Path.Combine(Folder, (string?)file ?? "")) : [];

    /// <summary>All scenarios of the shared folder and of those in TRANSCRIPT_CASES (separated by colons), by file name.</summary>
    public static IReadOnlyList<Scenario> All()
    {
        var folders = (Environment.GetEnvironmentVariable("TRANSCRIPT_CASES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (Repository.Shared is { } shared && Directory.Exists(Path.Combine(shared, "kubernetes", "transcripts")))
            folders.Insert(0, Path.Combine(shared, "kubernetes", "transcripts"));
        var only = Environment.GetEnvironmentVariable("ISTHMUS_TRANSCRIPT");
        return [.. folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))
            .Where(file => only is null or "" or "all" || Path.GetFileNameWithoutExtension(file) == only)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal).Select(Read)];
    }

    private static Scenario Read(string file)
    {
        var content = JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new InvalidDataException($"{file} holds no object");
        return new Scenario(Path.GetFileNameWithoutExtension(file), (string?)content["area"] ?? "", Path.GetDirectoryName(file) ?? "", content);
    }
}

/// <summary>One difference between what was recorded and what was answered.</summary>
internal sealed record Difference(string Where, string Path, string Expected, string Got)
{
    public override string ToString() => $"{Where}: {Path}\n      expected {Expected}\n      got      {Got}";
}

/// <summary>How a scenario went: steps that matched, and messages (a softer level) that were equal.</summary>
internal sealed record ScenarioResult(
    Scenario Scenario, int Steps, int Matched, int Messages, int EqualMessages, IReadOnlyList<Difference> Differences, IReadOnlyList<Difference> MessageDifferences)
{
    public bool Passed => Matched == Steps;
}
