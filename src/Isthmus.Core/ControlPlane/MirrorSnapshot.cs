using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.ControlPlane;

/// <summary>The Services of one cluster.</summary>
public sealed class MirrorView
{
    /// <summary>Our mirrors in scope, read before any Service.</summary>
    public required IReadOnlyList<JsonObject> Mirrors { get; init; }

    /// <summary>All Services in scope; read where the cluster shares its control plane.</summary>
    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    /// <summary>The namespaces of the scope.</summary>
    public IReadOnlyList<JsonObject> Namespaces { get; init; } = [];
}

/// <summary>What mirrors are planned from. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed class MirrorSnapshot
{
    public required FederationScope Scope { get; init; }

    public required IReadOnlyDictionary<ClusterName, MirrorView> Clusters { get; init; }

    /// <summary>The clusters that their istiod does not read: a name of theirs would lead nowhere.</summary>
    public IReadOnlySet<ClusterName> KeptOut { get; init; } = ImmutableHashSet<ClusterName>.Empty;
}
