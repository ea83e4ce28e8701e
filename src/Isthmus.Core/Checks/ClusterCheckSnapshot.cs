using System.Collections.Immutable;

namespace Isthmus.Core.Checks;

/// <summary>What the preflight saw of one cluster.</summary>
public sealed record ClusterCheckSnapshot
{
    /// <summary>Why the cluster could not be looked at; null where it could. Nothing else counts then.</summary>
    public string? Silence { get; init; }

    public ServerAnswer? Answer { get; init; }

    /// <summary>The rights that we need there and do not have.</summary>
    public ImmutableArray<RequiredRight> MissingRights { get; init; } = [];

    /// <summary>What the server refused to show, and why.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];

    /// <summary>Empty in a cluster that another's control plane serves.</summary>
    public ImmutableArray<SeenIstiod> Istiods { get; init; } = [];
}
