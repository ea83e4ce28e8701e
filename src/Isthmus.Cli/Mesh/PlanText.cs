using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Reconcilers;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary>A plan for people: by cluster and object, of each change the lines that differ and a few around them.</summary>
internal sealed class PlanText(IAnsiConsole console)
{
    private static readonly Style Added = new(Color.Green);
    private static readonly Style Removed = new(Color.Red);
    private static readonly Style Changed = new(Color.Yellow);
    private static readonly Style Quiet = new(Color.Grey);

    private readonly ObjectView _view = new(RandomNumberGenerator.GetBytes(32));

    public void Write(RunReport report, bool onlySummary)
    {
        var shown = report.Plan.Actions.Where(action => action is not PlannedAction.Unchanged);
        foreach (var cluster in shown.GroupBy(action => action.Id.Cluster))
        {
            console.WriteLine($"cluster {cluster.Key}", new Style(decoration: Decoration.Bold));
            foreach (var action in cluster)
                Write(action, onlySummary);
            console.WriteLine();
        }

        var summary = PlanSummary.Of(report.Plan.Actions);
        console.WriteLine(summary.Writes == 0 ? $"Nothing to do: {summary}." : $"Plan: {summary}.", new Style(decoration: Decoration.Bold));
    }

    private void Write(PlannedAction action, bool onlySummary)
    {
        var (mark, word, style) = action switch
        {
            PlannedAction.Create => ('+', "create", Added),
            PlannedAction.Replace => ('~', "change", Changed),
            PlannedAction.Delete => ('-', "delete", Removed),
            PlannedAction.Skipped => ('!', "skip", Quiet),
            _ => throw new UnreachableException(),
        };
        var reason = action is PlannedAction.Skipped skipped ? $": {RunText.Plain(skipped.Reason)}" : "";
        console.WriteLine($"  {mark} {word} {action.Id}{reason}", style);
        if (!onlySummary)
            WriteContent(action);
    }

    private void WriteContent(PlannedAction action)
    {
        switch (action)
        {
            case PlannedAction.Create create:
                Lines(create.Content, '+', Added);
                break;
            case PlannedAction.Delete delete:
                Lines(delete.Live, '-', Removed);
                break;
            case PlannedAction.Replace replace:
                var diff = LineDiff.Compute(_view.Lines(replace.Live), _view.Lines(replace.Content));
                foreach (var hunk in LineDiff.Hunks(diff))
                    Write(hunk);
                break;
            default:
                break;
        }
    }

    private void Lines(JsonObject obj, char mark, Style style)
    {
        foreach (var line in _view.Lines(obj))
            console.WriteLine($"      {mark} {line}", style);
    }

    private void Write(DiffHunk hunk)
    {
        console.WriteLine($"      {hunk.Heading}", new Style(Color.Teal));
        foreach (var (change, text) in hunk.Lines)
        {
            var (mark, style) = change switch
            {
                LineChange.Added => ('+', Added),
                LineChange.Removed => ('-', Removed),
                _ => (' ', Style.Plain),
            };
            console.WriteLine($"      {mark} {text}", style);
        }
    }
}
