using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Endpoints;

/// <summary>What was seen of one cluster to decide whose endpoints we answer.</summary>
public sealed class EndpointFilterView
{
    /// <summary>In a control plane's cluster, the EnvoyFilters of Istio's root namespace; read before anything else.</summary>
    public IReadOnlyList<JsonObject> Filters { get; init; } = [];

    /// <summary>In a control plane's cluster, every DestinationRule; read where a Service is marked.</summary>
    public IReadOnlyList<JsonObject> DestinationRules { get; init; } = [];

    /// <summary>The Services that carry our mark.</summary>
    public IReadOnlyList<JsonObject> Marked { get; init; } = [];

    /// <summary>Our injection webhook, which knows the relay and its CA; null where there is none.</summary>
    public JsonObject? Webhook { get; init; }
}

/// <summary>What EnvoyFilters are planned from. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed class EndpointFilterSnapshot(IReadOnlyDictionary<ClusterName, EndpointFilterView> clusters)
{
    public IReadOnlyDictionary<ClusterName, EndpointFilterView> Clusters { get; } = clusters;
}
