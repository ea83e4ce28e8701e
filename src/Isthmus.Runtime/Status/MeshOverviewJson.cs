using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Secrecy;
using Isthmus.Core.Status;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.Status;

/// <summary>The mesh's status for programs.</summary>
public static class MeshOverviewJson
{
    private const int SchemaVersion = 1;

    public static JsonObject ToJson(this MeshOverview overview) => new()
    {
        ["schemaVersion"] = SchemaVersion,
        ["succeeded"] = overview.IsWhole,
        ["mesh"] = overview.Mesh,
        ["generation"] = overview.Generation,
        ["clusters"] = Array(overview.Clusters, Cluster),
        ["names"] = Array(overview.Names, Name),
        ["trust"] = overview.Trust?.ToJson(),
        ["warnings"] = Texts(overview.Warnings),
    };

    private static JsonObject Cluster(ClusterOverview cluster) => new()
    {
        ["cluster"] = cluster.Name.Value,
        ["silence"] = cluster.Silence is { } silence ? Redaction.Text(silence) : null,
        ["server"] = cluster.Server,
        ["network"] = cluster.Network.Value,
        ["controlPlane"] = cluster.ControlPlane.Value,
        ["istiods"] = Texts(cluster.Istiods),
        ["state"] = cluster.State,
        ["generation"] = cluster.Generation,
        ["dns"] = cluster.Dns.ToString(),
        ["gateways"] = Array(cluster.Gateways, gateway => new JsonObject
        {
            ["address"] = gateway.Address,
            ["state"] = gateway.State?.ToString(),
            ["since"] = gateway.Since?.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["detail"] = gateway.Detail is { } detail ? Redaction.Text(detail) : null,
        }),
        ["names"] = cluster.Names,
        ["problems"] = Texts(cluster.Problems),
    };

    private static JsonObject Name(NameOverview name) => new()
    {
        ["name"] = name.Host,
        ["address"] = name.Address,
        ["exporters"] = Array(name.Exporters, exporter => new JsonObject
        {
            ["cluster"] = exporter.Cluster.Value,
            ["ready"] = exporter.Ready,
            ["standing"] = exporter.Standing,
        }),
        ["importers"] = Texts(name.Importers.Select(cluster => cluster.Value)),
        ["pending"] = Texts(name.Pending.Select(cluster => cluster.Value)),
        ["problems"] = Texts(name.Problems),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonObject> write) => new([.. items.Select(item => (JsonNode)write(item))]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)Redaction.Text(text))]);
}
