using System.CommandLine;
using System.Text.Json;
using Isthmus.Cli.Local;
using Isthmus.Core.Status;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Status;

namespace Isthmus.Cli.Mesh;

/// <summary><c>isthmus status</c>: how clusters, gateways, names and trust stand, by the clusters alone. Nothing is written.</summary>
internal static class StatusCommand
{
    public static Command Create() => Create(ResolvedHosts.ByDns(TimeProvider.System));

    /// <param name="hosts">How host names of gateways are resolved.</param>
    internal static Command Create(ResolvedHosts hosts)
    {
        var mesh = CommandOptions.Mesh();
        var namespaces = new Option<string[]>("--namespace", "-n") { Description = "Show the names of this namespace only; may be given several times." };
        var problems = new Option<bool>("--problems") { Description = "Of the names show only those with a problem, or with something left to do." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("status", "Shows how clusters, gateways, global names and trust of a mesh document stand.") { mesh, namespaces, problems, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                var documents = CommandOptions.Documents(parsed.GetRequiredValue(mesh));
                var document = await documents.ReadAsync(cancellationToken);
                using var connections = new ClusterConnections(documents, new ClusterApiOptions(), TimeProvider.System, CommandOptions.Azure.Arm, CommandOptions.Azure.Access);
                var overview = MeshOverviewReader.Read(await new StatusObserver(connections, hosts, TimeProvider.System).ObserveAsync(document, cancellationToken));
                var shown = overview with { Names = [.. overview.Names.Where(name => IsShown(name, parsed.GetValue(namespaces) ?? [], document.Domain) && (!parsed.GetValue(problems) || !IsWell(name)))] };
                if (parsed.GetValue(json))
                    streams.Output.WriteLine(shown.ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                else
                    new StatusText(Terminal.For(streams.Output), streams.Error).Write(shown);
                return overview.IsWhole ? 0 : 1;
            }
            catch (Exception fault) when (CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });
        return command;
    }

    private static bool IsShown(NameOverview name, string[] namespaces, string domain) =>
        namespaces.Length == 0 || Array.Exists(namespaces, ns => name.Host.EndsWith($".{ns}.{domain}", StringComparison.Ordinal));

    private static bool IsWell(NameOverview name) => name.Problems.IsEmpty && name.Pending.IsEmpty;
}
