using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>What was seen of one cluster's network.</summary>
public sealed record NetworkView
{
    /// <summary>Istio's root namespace; null where there is none.</summary>
    public required JsonObject? RootNamespace { get; init; }

    /// <summary>Istio's mesh ConfigMaps: <c>istio</c> and those of revisions.</summary>
    public IReadOnlyList<JsonObject> MeshConfigMaps { get; init; } = [];

    /// <summary>In a control plane's cluster the Gateways of every namespace; elsewhere those of ours that a former one has left.</summary>
    public IReadOnlyList<JsonObject> Gateways { get; init; } = [];

    public JsonObject? GatewayService { get; init; }

    /// <summary>Read where the gateway is reached through nodes.</summary>
    public IReadOnlyList<JsonObject> Nodes { get; init; } = [];

    /// <summary>The pods behind the gateway, read where there are several networks.</summary>
    public IReadOnlyList<JsonObject> GatewayPods { get; init; } = [];
}

/// <summary>What networks are planned from. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed record NetworkSnapshot(IReadOnlyDictionary<ClusterName, NetworkView> Clusters)
{
    /// <summary>The clusters that their istiod does not read, because their ranges clash.</summary>
    public IReadOnlySet<ClusterName> KeptOut { get; init; } = ImmutableHashSet<ClusterName>.Empty;
}
