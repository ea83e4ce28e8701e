using System.Collections.Immutable;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// What a full run is held to. Everything is observed all the same and the plan is narrowed: what lies outside never looks as
/// if it were gone.
/// </summary>
public sealed record RunScope
{
    public static readonly RunScope Everything = new();

    /// <summary>The clusters that are written to, beside the records on exported Services of the others; empty: all.</summary>
    public ImmutableSortedSet<ClusterName> Clusters { get; init; } = [];

    /// <summary>The namespaces whose exported services are looked at, and nothing else is; empty: all, and setup and trust too.</summary>
    public ImmutableSortedSet<string> Namespaces { get; init; } = [];

    internal FederationScope Names => Namespaces.IsEmpty ? FederationScope.Everything : FederationScope.OfNamespaces(Namespaces);

    public bool Includes(ClusterName cluster) => Clusters.IsEmpty || Clusters.Contains(cluster);
}
