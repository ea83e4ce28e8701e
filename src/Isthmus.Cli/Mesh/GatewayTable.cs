using System.CommandLine;
using System.Globalization;
using Isthmus.Cli.Local;
using Isthmus.Runtime.Reconcilers;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary>The gateways' health, as the last probes left it in the clusters.</summary>
internal static class GatewayTable
{
    public static void Print(RunReport report, InvocationConfiguration streams)
    {
        if (report.Gateways.IsEmpty)
            return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("gateway of", "address", "state", "since", "detail");
        foreach (var gateway in report.Gateways)
        {
            table.AddRow(
                Markup.Escape(gateway.Cluster.Value),
                Markup.Escape(gateway.Address),
                gateway.State,
                gateway.Since.ToString("u", CultureInfo.InvariantCulture),
                Markup.Escape(gateway.Detail));
        }

        Terminal.For(streams.Output).Write(table);
    }
}
