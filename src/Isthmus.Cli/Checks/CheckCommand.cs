using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Cli.Mesh;
using Isthmus.Core.Checks;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Checks;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Spectre.Console;

namespace Isthmus.Cli.Checks;

/// <summary><c>isthmus check</c>: the preflight. It looks at every cluster, writes nothing, and says what to do about what it finds.</summary>
internal static class CheckCommand
{
    /// <summary>The exit code of what Ctrl-C ended, by convention.</summary>
    private const int Stopped = 130;

    public static Command Create()
    {
        var mesh = CommandOptions.Mesh();
        var clusters = new Option<string[]>("--cluster") { Description = "Look at this cluster only; may be given several times." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("check", "Looks whether the clusters of a mesh document are fit for the mesh, and says what to do where not.") { mesh, clusters, json };
        command.SetAction(async (parsed, stop) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                var documents = CommandOptions.Documents(parsed.GetRequiredValue(mesh));
                var document = await documents.LookAsync(isDryRun: true, stop);
                foreach (var notice in document.Notices)
                    streams.Error.WriteLine($"warning: {RunText.Plain(notice)}");
                var only = CommandOptions.Clusters(document, parsed.GetValue(clusters) ?? []).Select(cluster => cluster.Name).ToList();
                var isJson = parsed.GetValue(json);
                using var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System, CommandOptions.Azure.Arm, CommandOptions.Azure.Access);
                var findings = await FindAsync(new MeshCheck(connections, TimeProvider.System), document, only, isJson, streams, stop);
                if (isJson)
                    streams.Output.WriteLine(CheckJson.Write(findings).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                else
                    new CheckText(Terminal.Unwrapped(streams.Output)).Write(findings);
                return findings.Any(finding => finding.Severity == CheckSeverity.Error) ? 1 : 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                streams.Error.WriteLine("stopped before all clusters were looked at");
                return Stopped;
            }
            catch (Exception fault) when (CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });
        return command;
    }

    private static async Task<ImmutableArray<CheckFinding>> FindAsync(
        MeshCheck check, MeshDocument mesh, List<ClusterName> only, bool isJson, InvocationConfiguration streams, CancellationToken stop)
    {
        if (isJson || !Terminal.IsShown(streams.Output))
            return await check.RunAsync(mesh, only, null, stop);
        var waiting = new ConcurrentDictionary<ClusterName, bool>(
            (only.Count > 0 ? only : mesh.Clusters.Select(cluster => cluster.Name)).Select(name => KeyValuePair.Create(name, true)));
        return await Terminal.For(streams.Output).Status().StartAsync(Line(), status => check.RunAsync(
            mesh,
            only,
            name =>
            {
                waiting.TryRemove(name, out _);
                status.Status = Line();
            },
            stop));

        string Line() => $"Looking at {string.Join(", ", waiting.Keys.Order())}";
    }
}
