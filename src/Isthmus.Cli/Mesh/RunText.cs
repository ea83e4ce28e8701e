using Isthmus.Core.Secrecy;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Cli.Mesh;

/// <summary>The lines that plan and apply have in common.</summary>
internal static class RunText
{
    /// <summary>What kept the run from its aim, and what it could do without.</summary>
    public static void Problems(RunReport report, TextWriter error)
    {
        foreach (var warning in report.Warnings)
            error.WriteLine($"warning: {Plain(warning.Reason)}{(warning.Cluster is null ? "" : " (it is out of the run's scope; what it exports is left as it stands)")}");
        foreach (var failure in report.Failures)
            error.WriteLine($"error: {Plain(Named(failure))}");
    }

    /// <summary>A text from outside as one line: nothing in it moves the cursor, and no secret that we know of.</summary>
    public static string Plain(string text) =>
        string.Concat(Redaction.Text(text).Select(character => char.IsControl(character) ? ' ' : character));

    private static string Named(RunFailure failure) =>
        failure.Cluster is not { } cluster || failure.Reason.StartsWith($"cluster {cluster}", StringComparison.Ordinal)
            ? failure.Reason
            : $"cluster {cluster}: {failure.Reason}";
}
