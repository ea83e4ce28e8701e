using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Cli.Mesh;
using Isthmus.Runtime.EventGrid.Replay;

namespace Isthmus.Cli.Events;

/// <summary>Tells what became of each dead letter, as it happens, and how many there were.</summary>
internal sealed class ReplayText(InvocationConfiguration streams, bool json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<ReplayEntry> _entries = [];

    public void Tell(ReplayEntry entry)
    {
        _entries.Add(entry);
        if (json)
            return;
        var line = entry.Letter?.Received is { } received
            ? $"{Word(entry.Outcome),-8} {received.Type} {received.Subject} ({Why(entry)}): {entry.Detail}"
            : $"{Word(entry.Outcome),-8} {entry.File}: {entry.Detail}";
        (entry.Outcome == ReplayOutcome.Failed ? streams.Error : streams.Output).WriteLine(RunText.Plain(line));
    }

    /// <summary>The sum, and the exit code: 1 where something failed.</summary>
    public int End(bool dryRun)
    {
        var failed = Count(ReplayOutcome.Failed);
        if (json)
            streams.Output.WriteLine(ToJson().ToJsonString(Indented));
        else if (_entries.Count == 0)
            streams.Output.WriteLine("There are no dead letters.");
        else
            streams.Output.WriteLine($"{(dryRun ? $"{Count(ReplayOutcome.Pending)} would be replayed" : $"{Count(ReplayOutcome.Replayed)} replayed")}, {Count(ReplayOutcome.Skipped)} skipped, {failed} failed.");
        return failed > 0 ? 1 : 0;
    }

    private int Count(ReplayOutcome outcome) => _entries.Count(entry => entry.Outcome == outcome);

    private JsonObject ToJson() => new()
    {
        ["events"] = new JsonArray([.. _entries.Select(entry => (JsonNode)new JsonObject
        {
            ["file"] = entry.File,
            ["id"] = entry.Letter?.Received?.Id,
            ["type"] = entry.Letter?.Received?.Type,
            ["subject"] = entry.Letter?.Received?.Subject,
            ["lastAttempt"] = entry.Letter?.At?.ToString("O", null),
            ["reason"] = entry.Letter?.Reason,
            ["attempts"] = entry.Letter?.Attempts,
            ["outcome"] = Word(entry.Outcome),
            ["detail"] = entry.Detail,
        })]),
        ["replayed"] = Count(ReplayOutcome.Replayed),
        ["pending"] = Count(ReplayOutcome.Pending),
        ["skipped"] = Count(ReplayOutcome.Skipped),
        ["failed"] = Count(ReplayOutcome.Failed),
    };

    private static string Why(ReplayEntry entry) =>
        $"{entry.Letter?.Reason ?? "given up"} after {entry.Letter?.Attempts?.ToString(null as IFormatProvider) ?? "some"} attempts, {entry.Letter?.LastOutcome ?? "no word of the last"}";

    private static string Word(ReplayOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
