using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>How the mesh's trust stands. It holds fingerprints, versions and times, and no key.</summary>
public sealed class TrustStatus
{
    /// <summary>Where the mesh as a whole stands: <c>steady</c>, <c>trust-both</c> (a), <c>sign-new</c> (b), <c>drop-old</c> (c) or <c>aborting</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The number of the rotation that is under way, or was the last.</summary>
    public required long Rotation { get; init; }

    public required bool IsRotating { get; init; }

    /// <summary>Whether it can still be aborted.</summary>
    public required bool MayAbort { get; init; }

    /// <summary>SHA-256 of the roots that the mesh goes by or moves to; empty where its clusters disagree.</summary>
    public required ImmutableArray<string> Roots { get; init; }

    /// <summary>The version of the CA in the vault that the mesh moves to, and where it moves nowhere, the newest.</summary>
    public required string? Version { get; init; }

    /// <summary>The clusters that the rotation does not wait for.</summary>
    public required ImmutableArray<string> Without { get; init; }

    /// <summary>Whether the newest CA in the vault has another root, which <c>isthmus trust rotate</c> would bring in.</summary>
    public required bool HasNewRoot { get; init; }

    public required ImmutableArray<TrustClusterStatus> Clusters { get; init; }

    /// <summary>The clusters that the next stage waits for.</summary>
    public IEnumerable<TrustClusterStatus> Missing => Clusters.Where(cluster => cluster is { IsRequired: true, Waits: not null });
}

/// <summary>How the trust of one cluster stands.</summary>
/// <param name="Cluster">A cluster with an istiod of its own.</param>
/// <param name="Stage">Null where it could not be seen, or holds nothing of ours.</param>
/// <param name="Version">The version of the CA that signs; null where it is not from the vault.</param>
/// <param name="LoadedSince">Since when istiod is seen to have loaded the present stage.</param>
/// <param name="SettlesAt">When what was issued before has run out.</param>
/// <param name="IsRequired">Whether the rotation waits for it.</param>
/// <param name="Waits">What is missing in it, and what to do; null where nothing is.</param>
public sealed record TrustClusterStatus(
    ClusterName Cluster, TrustStage? Stage, string? Version, DateTimeOffset? LoadedSince, DateTimeOffset? SettlesAt, bool IsRequired, string? Waits)
{
    /// <summary>SHA-256 of the roots in its Secret.</summary>
    public ImmutableArray<string> Roots { get; init; } = [];
}
