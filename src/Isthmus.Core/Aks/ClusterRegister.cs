using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Aks;

/// <summary>The AKS clusters that are known, by their ARM id in lower case. Equal content is equal text.</summary>
public sealed record ClusterRegister(ImmutableSortedDictionary<string, KnownCluster> Clusters)
{
    public static readonly ClusterRegister Empty = new(ImmutableSortedDictionary.Create<string, KnownCluster>(StringComparer.Ordinal));

    public static string Key(string resourceId) => resourceId.TrimEnd('/').ToLowerInvariant();

    public KnownCluster? Find(string resourceId) => Clusters.GetValueOrDefault(Key(resourceId));

    /// <summary>Null where the text is no register: then nobody may write over it.</summary>
    public static ClusterRegister? Read(string text)
    {
        if (!StrictJson.TryParse(text, out var json, out _) || json is not JsonObject root || root["clusters"] is not JsonArray list)
            return null;
        var clusters = list.OfType<JsonObject>().Select(ReadOne).ToList();
        return clusters.Contains(null)
            ? null
            : new ClusterRegister(clusters.OfType<KnownCluster>().DistinctBy(cluster => Key(cluster.ResourceId)).ToImmutableSortedDictionary(cluster => Key(cluster.ResourceId), cluster => cluster, StringComparer.Ordinal));
    }

    public string Write() => new JsonObject { ["clusters"] = new JsonArray([.. Clusters.Values.Select(WriteOne)]) }.ToJsonString();

    private static JsonObject WriteOne(KnownCluster cluster)
    {
        var json = new JsonObject { ["id"] = cluster.ResourceId, ["since"] = Time(cluster.Since) };
        foreach (var (key, value) in Texts(cluster).Where(field => !string.IsNullOrEmpty(field.Value)))
            json[key] = value;
        foreach (var (key, value) in new[] { ("discovered", cluster.IsDiscovered), ("tagged", cluster.IsTagged), ("leaving", cluster.IsLeaving), ("flatPods", cluster.HasFlatPods) })
        {
            if (value)
                json[key] = true;
        }

        if (cluster.GoneSince is { } gone)
            json["goneSince"] = Time(gone);
        return json;
    }

    private static IEnumerable<(string Key, string? Value)> Texts(KnownCluster cluster) =>
    [
        ("name", cluster.Name), ("wantedName", cluster.WantedName), ("location", cluster.Location), ("vnet", cluster.VirtualNetwork), ("network", cluster.Network),
        ("controlPlane", cluster.ControlPlane), ("gateway", cluster.Gateway), ("podCidrs", cluster.PodCidrs), ("serviceCidrs", cluster.ServiceCidrs),
    ];

    private static KnownCluster? ReadOne(JsonObject json)
    {
        if (Text("id") is not { } id || ReadTime(Text("since")) is not { } since)
            return null;
        return new KnownCluster
        {
            ResourceId = id,
            Since = since,
            Name = Text("name"),
            WantedName = Text("wantedName") ?? "",
            Location = Text("location") ?? "",
            VirtualNetwork = Text("vnet"),
            Network = Text("network"),
            ControlPlane = Text("controlPlane"),
            Gateway = Text("gateway"),
            PodCidrs = Text("podCidrs") ?? "",
            ServiceCidrs = Text("serviceCidrs") ?? "",
            IsDiscovered = Flag("discovered"),
            IsTagged = Flag("tagged"),
            IsLeaving = Flag("leaving"),
            HasFlatPods = Flag("flatPods"),
            GoneSince = ReadTime(Text("goneSince")),
        };

        string? Text(string key) => ObjectMetadata.TextOf(json[key]);

        bool Flag(string key) => json[key] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
