using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// What istiod goes by beside the ports. It takes a name's settings from the Service in its own cluster where there is one, so a mirror without
/// them would change the real Service: make it visible to namespaces that it is hidden from, for one. Labels and annotations of others are not
/// copied: some tools delete what carries theirs.
/// </summary>
internal static class MirroredSettings
{
    private const string TrafficDistribution = "networking.istio.io/traffic-distribution";

    private static readonly ImmutableArray<string> Annotations =
        ["networking.istio.io/exportTo", TrafficDistribution, "alpha.istio.io/canonical-serviceaccounts", "alpha.istio.io/kubernetes-serviceaccounts"];

    private static readonly ImmutableArray<string> Labels = ["istio.io/global", "istio.io/ingress-use-waypoint", "istio.io/use-waypoint", "istio.io/use-waypoint-namespace"];

    /// <summary>Makes the mirror's settings those of its source; whatever else it holds stays.</summary>
    public static void Copy(JsonObject source, JsonObject mirror)
    {
        var spec = source["spec"] as JsonObject;
        foreach (var key in Annotations)
        {
            // The field is younger than the annotation, so a server may not know it; to Istio they mean the same.
            var value = source.Annotation(key) ?? (key == TrafficDistribution ? ObjectMetadata.TextOf(spec?["trafficDistribution"]) : null);
            Set(mirror, "annotations", key, value);
        }

        foreach (var key in Labels)
            Set(mirror, "labels", key, source.Label(key));
        var settings = (JsonObject)(mirror["spec"] ??= new JsonObject());
        Follow(settings, "internalTrafficPolicy", ObjectMetadata.TextOf(spec?["internalTrafficPolicy"]) == "Local", "Local", "Cluster");
        Follow(settings, "publishNotReadyAddresses", IsTrue(spec), true, false);
    }

    private static void Set(JsonObject obj, string map, string key, string? value)
    {
        var metadata = (JsonObject)(obj["metadata"] ??= new JsonObject());
        if (value is not null)
            ((JsonObject)(metadata[map] ??= new JsonObject()))[key] = value;
        else
            (metadata[map] as JsonObject)?.Remove(key);
    }

    // What the server puts there by itself stands for the usual, and is left alone.
    private static void Follow(JsonObject spec, string field, bool isSpecial, JsonNode special, JsonNode usual)
    {
        if (isSpecial)
            spec[field] = special;
        else if (JsonNode.DeepEquals(spec[field], special))
            spec[field] = usual;
    }

    private static bool IsTrue(JsonObject? spec) => spec?["publishNotReadyAddresses"] is JsonValue value && value.TryGetValue<bool>(out var isTrue) && isTrue;
}
