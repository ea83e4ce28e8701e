using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Reconcilers;
using Spectre.Console;

namespace Isthmus.Cli.Trust;

/// <summary>The trust's status for people, or as JSON.</summary>
internal static class TrustText
{
    private const int ShortFingerprint = 12;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(TrustLook look, bool json, InvocationConfiguration streams)
    {
        if (look.Status is not { } status)
        {
            streams.Error.WriteLine("The mesh document sets up no trust: spec.trust is missing.");
            return;
        }

        if (json)
        {
            streams.Output.WriteLine(status.ToJson().ToJsonString(Indented));
            return;
        }

        streams.Output.WriteLine($"stage: {Explained(status)}");
        streams.Output.WriteLine($"roots: {Short(status.Roots)}   version in the vault: {status.Version ?? "none"}");
        if (status.HasNewRoot)
            streams.Output.WriteLine("The newest CA in the vault has another root: 'isthmus trust rotate' brings it in by stages.");
        if (!status.Without.IsEmpty)
            streams.Output.WriteLine($"given up: {string.Join(", ", status.Without)}");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("cluster", "stage", "signs with", "roots", "loaded since", "waits");
        foreach (var cluster in status.Clusters)
        {
            string[] cells = [cluster.Cluster.Value, cluster.Stage?.Text() ?? "-", cluster.Version ?? "-", Short(cluster.Roots), Time(cluster.LoadedSince), cluster.Waits ?? ""];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Terminal.For(streams.Output).Write(table);
    }

    private static string Explained(TrustStatus status) => status.Stage switch
    {
        "trust-both" => "trust-both (a): both roots are being trusted everywhere; the old CA signs",
        "sign-new" => "sign-new (b): the new CA signs; both roots are trusted. It can still be aborted",
        "drop-old" => "drop-old (c): the old root leaves. It cannot be aborted any more",
        "aborting" => "aborting: back to the roots of before",
        _ => status.Stage,
    };

    private static string Short(IReadOnlyCollection<string> fingerprints) =>
        fingerprints.Count == 0 ? "-" : string.Join(", ", fingerprints.Select(print => print[..Math.Min(ShortFingerprint, print.Length)]));

    private static string Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";
}
