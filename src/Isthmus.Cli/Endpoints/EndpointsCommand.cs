using System.CommandLine;
using Isthmus.Core.Endpoints;

namespace Isthmus.Cli.Endpoints;

/// <summary><c>isthmus endpoints</c>: what a proxy gets for a host, and why.</summary>
internal static class EndpointsCommand
{
    public static Command Create()
    {
        var snapshot = new Option<string>("--snapshot") { Description = "A file with the inputs, one JSON object or one a line; - reads standard input.", Required = true };
        var compat = new Option<string?>("--compat") { Description = "Answer as Istio does, with its known faults: istio (up to 2024), istio-2025 (a proxy without network goes through gateways)." };
        compat.AcceptOnlyFromAmong("istio", "istio-2025");
        var explain = new Option<bool>("--explain") { Description = "Say for each endpoint whether it is direct, behind which gateways or left out, and by which rule." };
        var command = new Command("endpoints", "Shows which endpoints a proxy gets for a host, split horizon applied.") { snapshot, compat, explain };
        command.SetAction((parsed, cancellationToken) => new EndpointsRun(Console.In, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error)
            .SnapshotAsync(parsed.GetRequiredValue(snapshot), Parse(parsed.GetValue(compat)), parsed.GetValue(explain), cancellationToken));
        return command;
    }

    private static Compatibility Parse(string? text) => text switch
    {
        "istio" => Compatibility.Istio,
        "istio-2025" => Compatibility.Istio2025,
        _ => Compatibility.None,
    };
}
