using System.Text.Json.Nodes;

namespace Isthmus.Core.Federation;

/// <summary>What EndpointSlices tell of a Service.</summary>
public static class EndpointSlices
{
    /// <summary>How many endpoints of a slice are ready; Kubernetes takes an absent condition for ready.</summary>
    public static int Ready(JsonObject slice) =>
        (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>()
            .Count(endpoint => (endpoint["conditions"] as JsonObject)?["ready"] is not JsonValue value || !value.TryGetValue<bool>(out var ready) || ready);
}
