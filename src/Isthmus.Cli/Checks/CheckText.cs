using Isthmus.Cli.Mesh;
using Isthmus.Core.Checks;
using Spectre.Console;

namespace Isthmus.Cli.Checks;

/// <summary>The findings for people: one line each below their cluster, with what to do.</summary>
internal sealed class CheckText(IAnsiConsole console)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);

    public void Write(IReadOnlyCollection<CheckFinding> findings)
    {
        foreach (var cluster in findings.GroupBy(finding => finding.Cluster))
        {
            console.WriteLine($"cluster {cluster.Key}", Bold);
            foreach (var finding in cluster)
                Write(finding);
            console.WriteLine();
        }

        var (errors, warnings) = (Count(CheckSeverity.Error), Count(CheckSeverity.Warning));
        console.WriteLine($"{Counted(errors, "error")}, {Counted(warnings, "warning")}, {Count(CheckSeverity.Ok)} ok", Bold);

        int Count(CheckSeverity severity) => findings.Count(finding => finding.Severity == severity);
    }

    private void Write(CheckFinding finding)
    {
        var style = finding.Severity switch
        {
            CheckSeverity.Ok => new Style(Color.Green),
            CheckSeverity.Warning => new Style(Color.Yellow),
            _ => new Style(Color.Red),
        };
        var advice = finding.ToDo is null ? "" : $": {finding.ToDo}";
        console.Write($"  {CheckJson.Word(finding.Severity),-7}", style);
        console.WriteLine($"  {RunText.Plain($"{finding.Subject}: {finding.What}{advice}")}");
    }

    private static string Counted(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";
}
