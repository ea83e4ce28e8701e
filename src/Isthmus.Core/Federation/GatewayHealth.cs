using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>What probes say of one address of a gateway.</summary>
public enum GatewayState
{
    /// <summary>It never answered us. Perhaps no way leads there from where we probe, so nothing follows from it.</summary>
    Unproven,

    Up,

    /// <summary>It answered once and does not any more.</summary>
    Down,
}

/// <summary>The state of one address, since when, and what the probe said then.</summary>
public sealed record GatewayRecord(GatewayState State, DateTimeOffset Since, string Detail);

/// <summary>What is kept of one cluster's gateway: its addresses, and the SNI of services to probe with while its API is silent.</summary>
public sealed record ClusterGatewayHealth(
    ImmutableSortedDictionary<GatewayAddress, GatewayRecord> Addresses, ImmutableSortedSet<string> ServerNames)
{
    public static readonly ClusterGatewayHealth Unknown = new(ImmutableSortedDictionary<GatewayAddress, GatewayRecord>.Empty, []);
}

/// <summary>
/// The last results of the gateway probes. The clusters are the store: each control plane's cluster holds all of it in one ConfigMap,
/// written on transitions only. Where copies differ the later transition holds, so a copy that could not be written does no harm.
/// </summary>
public sealed class GatewayHealth
{
    public static readonly GatewayHealth Unknown = new([]);

    private const string Name = "isthmus-gateways";

    private GatewayHealth(IEnumerable<KeyValuePair<ClusterName, ClusterGatewayHealth>> clusters) => Clusters = clusters.ToImmutableSortedDictionary();

    public ImmutableSortedDictionary<ClusterName, ClusterGatewayHealth> Clusters { get; }

    /// <summary>The addresses that answered once and do not any more.</summary>
    public ImmutableHashSet<GatewayAddress> Down =>
        [.. Clusters.Values.SelectMany(cluster => cluster.Addresses).Where(entry => entry.Value.State == GatewayState.Down).Select(entry => entry.Key)];

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.ConfigMap, SystemNamespaces.Isthmus, Name);

    public ClusterGatewayHealth Of(ClusterName cluster) => Clusters.GetValueOrDefault(cluster, ClusterGatewayHealth.Unknown);

    public GatewayHealth With(ClusterName cluster, ClusterGatewayHealth health) => new(Clusters.SetItem(cluster, health));

    /// <summary>Without the clusters that the mesh has no more.</summary>
    public GatewayHealth Within(MeshDocument mesh) => new(Clusters.Where(entry => mesh.Find(entry.Key) is { Leaving: false }));

    /// <summary>What the copies of several clusters say together; what is not ours, or was tampered with, says nothing.</summary>
    public static GatewayHealth Read(string mesh, IEnumerable<JsonObject?> configMaps)
    {
        var clusters = configMaps.OfType<JsonObject>().Where(live => Ownership.IsOurs(live, mesh))
            .SelectMany(live => ObjectMetadata.Strings(live["data"] as JsonObject))
            .Select(entry => (Cluster: new ClusterName(entry.Key), Health: ReadCluster(entry.Value)))
            .GroupBy(entry => entry.Cluster, entry => entry.Health);
        return new GatewayHealth(clusters.Select(copies => KeyValuePair.Create(copies.Key, Merge([.. copies]))));
    }

    public JsonObject Write() => new(Clusters.Select(entry => KeyValuePair.Create(entry.Key.Value, (JsonNode?)Write(entry.Value).ToJsonString())));

    private static ClusterGatewayHealth Merge(IReadOnlyList<ClusterGatewayHealth> copies)
    {
        var addresses = copies.SelectMany(copy => copy.Addresses).GroupBy(entry => entry.Key, entry => entry.Value)
            .ToImmutableSortedDictionary(records => records.Key, records => records.OrderByDescending(record => record.Since).ThenBy(record => record.State).ThenBy(record => record.Detail, StringComparer.Ordinal).First());
        // The copy with the latest news is the one that was written last.
        var latest = copies.OrderByDescending(copy => copy.Addresses.Values.Select(record => record.Since).DefaultIfEmpty().Max())
            .ThenBy(copy => string.Join(',', copy.ServerNames), StringComparer.Ordinal).First();
        return new ClusterGatewayHealth(addresses, latest.ServerNames);
    }

    private static JsonObject Write(ClusterGatewayHealth health) => new()
    {
        ["probe"] = new JsonArray([.. health.ServerNames.Select(name => (JsonNode)name)]),
        ["addresses"] = new JsonObject(health.Addresses.Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)new JsonObject
        {
            ["state"] = entry.Value.State.ToString(),
            ["since"] = AddressClaim.Write(entry.Value.Since),
            ["detail"] = entry.Value.Detail,
        }))),
    };

    private static ClusterGatewayHealth ReadCluster(string text)
    {
        if (!StrictJson.TryParse(text, out var json, out _) || json is not JsonObject root)
            return ClusterGatewayHealth.Unknown;
        var addresses = ImmutableSortedDictionary.CreateBuilder<GatewayAddress, GatewayRecord>();
        foreach (var (key, value) in root["addresses"] as JsonObject ?? [])
        {
            if (GatewayAddress.TryParse(key, out var address) && value is JsonObject fields && ReadRecord(fields) is { } record)
                addresses[address] = record;
        }

        return new ClusterGatewayHealth(addresses.ToImmutable(), [.. (root["probe"] as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>()]);
    }

    private static GatewayRecord? ReadRecord(JsonObject fields) =>
        Enum.TryParse<GatewayState>(ObjectMetadata.TextOf(fields["state"]), out var state) && Enum.IsDefined(state)
            && AddressClaim.ReadTime(ObjectMetadata.TextOf(fields["since"])) is { } since
            ? new GatewayRecord(state, since, ObjectMetadata.TextOf(fields["detail"]) ?? "")
            : null;
}
