using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Endpoints;

/// <summary>What one cluster says of one service, of its network and of the way into it.</summary>
public sealed record ServiceView
{
    public required MeshCluster Cluster { get; init; }

    /// <summary>Null where the cluster has no such Service.</summary>
    public JsonObject? Service { get; init; }

    public IReadOnlyList<EndpointSlice> EndpointSlices { get; init; } = [];

    /// <summary>The pods of the Service's namespace by name; null where there is none of that name.</summary>
    public Func<string, EndpointPod?> Pod { get; init; } = _ => null;

    public IReadOnlyList<JsonObject> Nodes { get; init; } = [];

    /// <summary>Istio's root namespace, whose label names the network.</summary>
    public JsonObject? RootNamespace { get; init; }

    public JsonObject? GatewayService { get; init; }
}
