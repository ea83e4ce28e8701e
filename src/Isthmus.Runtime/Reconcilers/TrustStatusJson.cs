using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Secrecy;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The trust's status as JSON, for the status page and the command line: fingerprints, versions and times, no contents.</summary>
public static class TrustStatusJson
{
    public static JsonObject ToJson(this TrustStatus status) => new()
    {
        ["stage"] = status.Stage,
        ["rotation"] = status.Rotation,
        ["mayAbort"] = status.MayAbort,
        ["hasNewRoot"] = status.HasNewRoot,
        ["version"] = status.Version,
        ["roots"] = Texts(status.Roots),
        ["without"] = Texts(status.Without),
        ["clusters"] = new JsonArray([.. status.Clusters.Select(Cluster)]),
    };

    private static JsonNode Cluster(TrustClusterStatus cluster) => new JsonObject
    {
        ["cluster"] = cluster.Cluster.Value,
        ["stage"] = cluster.Stage?.Text(),
        ["version"] = cluster.Version,
        ["roots"] = Texts(cluster.Roots),
        ["loadedSince"] = Time(cluster.LoadedSince),
        ["settlesAt"] = Time(cluster.SettlesAt),
        ["isRequired"] = cluster.IsRequired,
        ["waits"] = cluster.Waits is { } waits ? Redaction.Text(waits) : null,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static string? Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
