using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>
/// What a user orders. Each names the rotation that it is about, so that planning it again, after it was carried out, changes nothing.
/// </summary>
public abstract record TrustOrder
{
    private TrustOrder(long epoch) => Epoch = epoch;

    public long Epoch { get; }

    /// <summary>Begins a rotation to the root of the newest CA in the vault.</summary>
    public sealed record Rotate(long Epoch, ImmutableArray<ClusterName> Without) : TrustOrder(Epoch);

    /// <summary>Goes back to the roots of before; possible until (c) begins.</summary>
    public sealed record Abort(long Epoch) : TrustOrder(Epoch);

    /// <summary>Does not wait for some clusters any longer.</summary>
    public sealed record GiveUp(long Epoch, ImmutableArray<ClusterName> Clusters) : TrustOrder(Epoch);

    /// <summary>States something of the workloads in the clusters that are at <paramref name="Stage"/> and had loaded it by then.</summary>
    public sealed record State(long Epoch, TrustStage Stage, TrustStatement Statement) : TrustOrder(Epoch);
}
