using System.Collections.Immutable;

namespace Isthmus.Core.Mesh;

/// <summary>Where AKS clusters are looked for that join by a tag.</summary>
/// <param name="Subscriptions">Ids of the subscriptions, at least one.</param>
public sealed record DiscoverySettings(ImmutableArray<string> Subscriptions)
{
    /// <summary>Whether a resource is where the document says. Whoever sets tags elsewhere is not to get the mesh's CA.</summary>
    public bool Covers(string resourceId) =>
        resourceId.Split('/') is [_, _, var subscription, ..] && Subscriptions.Contains(subscription, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What the document says for clusters that say nothing of their own, discovered ones among them.</summary>
/// <param name="MayExport">The namespaces that services may be exported from.</param>
/// <param name="Dns">Null: what is usual where a cluster runs.</param>
public sealed record ClusterDefaults(ImmutableArray<string> MayExport, DnsKind? Dns)
{
    public static readonly ClusterDefaults None = new([], null);
}
