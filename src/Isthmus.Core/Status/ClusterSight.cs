using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Status;

/// <summary>What was seen of one cluster beside its names.</summary>
public sealed record ClusterSight
{
    /// <summary>Why it could not be looked at; null where it could. Nothing else counts then.</summary>
    public string? Silence { get; init; }

    public ServerAnswer? Answer { get; init; }

    /// <summary>Empty in a cluster that another's control plane serves.</summary>
    public ImmutableArray<SeenIstiod> Istiods { get; init; } = [];

    /// <summary>The namespace of our objects, which holds the generation that was last applied; null where it is not there.</summary>
    public JsonObject? Namespace { get; init; }

    /// <summary>Null in a cluster without an istiod, and where we may not see it.</summary>
    public TrustSnapshot? Trust { get; init; }

    /// <summary>What the server did not let us see, and why.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];
}
