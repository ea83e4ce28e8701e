using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>
/// What a ServiceEntry remembers of its exporters. A cluster whose API is silent keeps what it last offered: nothing is
/// withdrawn because of silence.
/// </summary>
public static class KnownExporters
{
    public const string ServiceLabel = "isthmus.dev/service";
    public const string NamespaceLabel = "isthmus.dev/namespace";

    private const string UsualDomain = "cluster.local";
    private const string ResolvedField = "resolved";

    /// <summary>More addresses than a DNS answer can hold would be no honest count.</summary>
    public const int MostAddresses = 4096;

    /// <summary>The service that one of our objects stands for.</summary>
    public static ServiceName? ServiceOf(JsonObject obj) =>
        obj.Label(NamespaceLabel) is { } ns && obj.Label(ServiceLabel) is { } name ? new ServiceName(ns, name) : null;

    /// <summary>The name that one of our objects is for.</summary>
    public static GlobalName? NameOf(JsonObject obj) => ServiceOf(obj) is { } service ? new GlobalName(service, obj.Label(FederationNames.PodLabel)) : null;

    /// <summary>Compact JSON, in the order of cluster names, so that equal knowledge is equal text.</summary>
    internal static string Write(IEnumerable<Exporter> exporters, Func<GatewayAddress, int> count)
    {
        var all = exporters.OrderBy(exporter => exporter.Cluster).ToList();
        var root = new JsonObject();
        foreach (var exporter in all)
        {
            var entry = new JsonObject
            {
                ["since"] = AddressClaim.Write(exporter.Since),
                ["ports"] = new JsonArray([.. exporter.Ports.Select(port => (JsonNode)$"{port.Number}/{port.Name}/{port.Protocol}")]),
                ["gateways"] = new JsonArray([.. exporter.Gateways.Select(gateway => (JsonNode)$"{gateway.Port}/{gateway.Host}")]),
                ["trustDomain"] = exporter.TrustDomain,
                ["accounts"] = new JsonArray([.. exporter.ServiceAccounts.Select(account => (JsonNode)account)]),
            };
            // One exporter needs no weight, and its scaling should not rewrite every ServiceEntry.
            if (all.Count > 1)
                entry["ready"] = exporter.Ready;
            if (exporter.IsHeadless)
                entry["pods"] = new JsonArray([.. exporter.Pods.Select(pod => (JsonNode)$"{pod.Name}/{pod.Account}")]);
            if (exporter.Metadata is { } metadata)
                entry["metadata"] = new JsonObject { ["labels"] = Map(metadata.Labels), ["annotations"] = Map(metadata.Annotations) };
            if (exporter.ClusterDomain != UsualDomain)
                entry["domain"] = exporter.ClusterDomain;
            foreach (var (key, value) in exporter.Policy.Remembered())
                entry[key] = value;
            var counts = exporter.Gateways.Select(gateway => (gateway.Host, Count: count(gateway))).Where(host => host.Count != 1).DistinctBy(host => host.Host).ToList();
            if (counts.Count > 0)
                entry[ResolvedField] = new JsonObject(counts.Select(host => KeyValuePair.Create(host.Host, (JsonNode?)host.Count)));
            if (exporter.ExportTo is { } exportTo)
                entry["to"] = new JsonArray([.. exportTo.Select(cluster => (JsonNode)cluster)]);
            root[exporter.Cluster.Value] = entry;
        }

        return root.ToJsonString();
    }

    /// <summary>Whether a ServiceEntry remembers an export of a cluster.</summary>
    public static bool Remembers(JsonObject serviceEntry, ClusterName cluster) => Read(serviceEntry).Any(exporter => exporter.Cluster == cluster);

    /// <summary>What a ServiceEntry remembers; nothing where the annotation is absent or was tampered with.</summary>
    internal static IEnumerable<Exporter> Read(JsonObject serviceEntry)
    {
        var text = serviceEntry.Annotation(FederationNames.ExportersAnnotation) ?? "";
        return StrictJson.TryParse(text, out var json, out _) && json is JsonObject exporters
            ? exporters.Select(entry => Read(new ClusterName(entry.Key), entry.Value as JsonObject ?? [])).OfType<Exporter>()
            : [];
    }

    /// <summary>To how many addresses the gateways' host names resolved; those that stood for one are left out.</summary>
    internal static IEnumerable<(string Host, int Count)> ReadCounts(JsonObject serviceEntry)
    {
        var text = serviceEntry.Annotation(FederationNames.ExportersAnnotation) ?? "";
        if (!text.Contains(ResolvedField, StringComparison.Ordinal) || !StrictJson.TryParse(text, out var json, out _) || json is not JsonObject exporters)
            return [];
        return exporters.SelectMany(exporter => (exporter.Value as JsonObject)?[ResolvedField] as JsonObject ?? [])
            .Select(entry => (entry.Key, Count: entry.Value is JsonValue value && value.TryGetValue<int>(out var count) ? count : 0))
            .Where(entry => entry.Count is > 0 and <= MostAddresses);
    }

    private static Exporter? Read(ClusterName cluster, JsonObject entry)
    {
        var ports = Texts(entry["ports"]).Select(Port).ToList();
        if (AddressClaim.ReadTime(ObjectMetadata.TextOf(entry["since"])) is not { } since || ports.Count == 0 || ports.Contains(null))
            return null;
        return new Exporter
        {
            Cluster = cluster,
            Since = since,
            Ports = [.. ports.OfType<ServicePort>()],
            ClusterDomain = ObjectMetadata.TextOf(entry["domain"]) ?? UsualDomain,
            IsHeadless = entry["pods"] is JsonArray,
            Pods = [.. Texts(entry["pods"]).Select(Pod).OfType<ExportedPod>().Order()],
            Gateways = [.. Texts(entry["gateways"]).Select(Gateway).OfType<GatewayAddress>()],
            ServiceAccounts = [.. Texts(entry["accounts"])],
            TrustDomain = ObjectMetadata.TextOf(entry["trustDomain"]) ?? "cluster.local",
            Ready = entry["ready"] is JsonValue value && value.TryGetValue<int>(out var ready) ? ready : 1,
            Policy = ExportPolicy.Recall(entry),
            Metadata = entry["metadata"] is JsonObject metadata ? new ExportedMetadata(Map(metadata["labels"]), Map(metadata["annotations"])) : null,
            ExportTo = entry["to"] is null ? null : [.. Texts(entry["to"])],
        };
    }

    private static JsonObject Map(ImmutableSortedDictionary<string, string> map) => new(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static ImmutableSortedDictionary<string, string> Map(JsonNode? map) => ObjectMetadata.Strings(map as JsonObject).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static ServicePort? Port(string text) =>
        text.Split('/', 3) is [var number, var name, var protocol] && int.TryParse(number, out var parsed) ? new ServicePort(parsed, name, protocol) : null;

    private static ExportedPod? Pod(string text) => text.Split('/') is [var name, var account] ? new ExportedPod(name, account) : null;

    private static GatewayAddress? Gateway(string text) =>
        text.Split('/', 2) is [var port, var host] && int.TryParse(port, out var parsed) ? new GatewayAddress(host, parsed) : null;

    private static IEnumerable<string> Texts(JsonNode? items) => (items as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>();
}
