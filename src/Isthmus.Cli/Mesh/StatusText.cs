using System.Globalization;
using Isthmus.Core.Mesh;
using Isthmus.Core.Status;
using Isthmus.Core.Trust;
using Spectre.Console;

namespace Isthmus.Cli.Mesh;

/// <summary>The mesh's status for people.</summary>
internal sealed class StatusText(IAnsiConsole console, TextWriter error)
{
    private static readonly Style Bold = new(decoration: Decoration.Bold);

    public void Write(MeshOverview overview)
    {
        console.WriteLine($"mesh {overview.Mesh}, generation {overview.Generation}: {Counted(overview.Clusters.Length, "cluster")}, {Counted(overview.Names.Length, "name")}", Bold);
        Clusters(overview);
        Gateways(overview);
        Names(overview);
        if (overview.Trust is { } trust)
            console.WriteLine($"trust: {Trust(trust)}");
        foreach (var problem in overview.Clusters.SelectMany(cluster => cluster.Problems.Select(problem => $"{cluster.Name}: {problem}")).Concat(overview.Names.SelectMany(Problems)))
            console.WriteLine($"  ! {RunText.Plain(problem)}");
        foreach (var warning in overview.Warnings)
            error.WriteLine($"warning: {RunText.Plain(warning)}");
        foreach (var cluster in overview.Clusters.Where(cluster => cluster.Silence is not null))
            error.WriteLine($"error: {RunText.Plain(Silence(cluster))}");
    }

    private static string Silence(ClusterOverview cluster) =>
        cluster.Silence?.StartsWith($"cluster {cluster.Name}", StringComparison.Ordinal) == true ? cluster.Silence : $"cluster {cluster.Name}: {cluster.Silence}";

    private static IEnumerable<string> Problems(NameOverview name) => name.Problems.Select(problem => $"{name.Host}: {problem}");

    private void Clusters(MeshOverview overview)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("cluster", "state", "API server", "Istio", "network", "applied", "DNS", "names");
        foreach (var cluster in overview.Clusters)
        {
            var isSeen = cluster.Silence is null;
            var istio = cluster.ControlPlane != cluster.Name ? $"served by {cluster.ControlPlane}" : cluster.Istiods.IsEmpty ? (isSeen ? "none" : "?") : string.Join(", ", cluster.Istiods);
            Row(
                table, cluster.Name.Value, cluster.State, isSeen ? cluster.Server ?? "" : "out of reach", istio, cluster.Network.Value,
                cluster.Generation is { } generation ? Number(generation) : isSeen ? "never" : "?", Dns(cluster.Dns), isSeen ? Number(cluster.Names) : "?");
        }

        console.Write(table);
    }

    private void Gateways(MeshOverview overview)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("gateway of", "address", "probe", "since", "detail");
        foreach (var cluster in overview.Clusters)
        {
            foreach (var gateway in cluster.Gateways)
                Row(table, cluster.Name.Value, gateway.Address, gateway.State?.ToString() ?? "not probed yet", gateway.Since?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "", gateway.Detail ?? "");
        }

        if (table.Rows.Count > 0)
            console.Write(table);
    }

    private void Names(MeshOverview overview)
    {
        if (overview.Names.IsEmpty)
            return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "address", "exported by (ready)", "seen in", "to do in");
        foreach (var name in overview.Names)
        {
            Row(
                table, name.Host, name.Address ?? "none yet", string.Join(", ", name.Exporters.Select(Exporter)), string.Join(", ", name.Importers), string.Join(", ", name.Pending));
        }

        console.Write(table);
    }

    private static string Exporter(ExporterOverview exporter) =>
        $"{exporter.Cluster} ({exporter.Ready}{(exporter.Standing == "serves" ? "" : $", {exporter.Standing}")})";

    private static string Trust(TrustStatus trust)
    {
        var waits = trust.Missing.Select(cluster => $"{cluster.Cluster}: {cluster.Waits}").ToList();
        return $"{trust.Stage}{(waits.Count == 0 ? "" : $", waits for {string.Join("; ", waits)}")} (isthmus trust status shows more)";
    }

    private static string Dns(DnsKind kind) => kind switch
    {
        DnsKind.CoreDns => "coredns",
        DnsKind.CoreDnsCustom => "coredns-custom",
        DnsKind.Private => "private",
        DnsKind.Sidecar => "sidecar",
        _ => "none",
    };

    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => Markup.Escape(RunText.Plain(cell)))]);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Counted(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";
}
