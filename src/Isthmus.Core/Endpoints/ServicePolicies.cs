using System.Text.Json.Nodes;

namespace Isthmus.Core.Endpoints;

/// <summary>What a control plane's cluster says of traffic: every object is read there and nowhere else.</summary>
public sealed record ServicePolicies
{
    public static readonly ServicePolicies None = new();

    public IReadOnlyList<JsonObject> DestinationRules { get; init; } = [];

    public IReadOnlyList<JsonObject> PeerAuthentications { get; init; } = [];

    /// <summary>Istio's mesh config; null where it is not there or cannot be read.</summary>
    public JsonObject? MeshConfig { get; init; }
}
