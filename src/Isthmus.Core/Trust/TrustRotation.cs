using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>The stages of one cluster, forward and back.</summary>
internal static class TrustRotation
{
    /// <summary>(a): the roots of before, byte by byte, and the new one behind them. Nothing else changes, so it is safe at any time.</summary>
    public static TrustStep Begin(TrustSituation situation, TrustHolding held, string next) => new TrustStep.To(new TrustHolding
    {
        Ca = held.Ca,
        Root = RootBundle.Union(held.Root, next),
        Stage = TrustStage.TrustBoth,
        Epoch = situation.Epoch,
        Without = situation.Without,
        NextRoot = next,
        NextVersion = situation.NextVersion,
        // Two that were begun at once end as one: what was there before both is what an abort goes back to.
        PreviousRoot = held.Stage == TrustStage.TrustBoth && held.Epoch == situation.Epoch ? held.PreviousRoot : held.Root,
    });

    public static TrustStep Next(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustHolding held)
    {
        var now = held with { Without = situation.Without, IsAborting = situation.IsAborting };
        // The order to go back has to stand in every cluster before any of them does.
        var step = situation.IsAborting ? (held.IsAborting ? Back(situation, seen, now) : null) : Forward(situation, cluster, now);
        return step ?? new TrustStep.To(Watched(situation, seen, cluster, now));
    }

    private static TrustStep? Forward(TrustSituation situation, ClusterName cluster, TrustHolding held)
    {
        switch (held.Stage)
        {
            case TrustStage.TrustBoth when held.PreviousRoot is { } old && held.NextRoot is { } next
                && !(RootBundle.Covers(held.Root, old) && RootBundle.Covers(held.Root, next)):
                // Somebody took a root out by hand.
                return new TrustStep.To(held with { Root = RootBundle.Union(old, next), LoadedSince = null, Stated = null });
            case TrustStage.TrustBoth when situation.MaySignNew(cluster):
                return situation.NextCa() is { } ca
                    ? new TrustStep.To(Changed(held, TrustStage.SignNew) with { Ca = ca, Previous = held.Ca })
                    : new TrustStep.Stay($"version {held.NextVersion} of the CA, which it is to sign with, cannot be had from the vault any more: enable it there again, or go back by 'isthmus trust abort'");
            case TrustStage.SignNew when situation.MayDropOld(cluster) && held.NextRoot is { } next:
                return new TrustStep.To(new TrustHolding { Ca = held.Ca, Root = next, Stage = TrustStage.Done, Epoch = held.Epoch });
            default:
                return null;
        }
    }

    private static TrustStep.To? Back(TrustSituation situation, MeshTrustSnapshot seen, TrustHolding held)
    {
        switch (held.Stage)
        {
            case TrustStage.SignNew when situation.MaySignOld && held.Previous is { } before:
                return new TrustStep.To(Changed(held, TrustStage.SignOld) with { Ca = before, Previous = null });
            case TrustStage.TrustBoth or TrustStage.SignOld when situation.MayDropNew && held.PreviousRoot is { } old:
                return new TrustStep.To(new TrustHolding { Ca = held.Ca, Root = old, Stage = TrustStage.Aborted, Epoch = held.Epoch, EndedAt = seen.Now });
            default:
                return null;
        }
    }

    /// <summary>
    /// Another CA under the same two roots. The empty line behind them is how istiod's ConfigMap tells that it has loaded this
    /// Secret and not only the one before: it publishes roots, but no CA.
    /// </summary>
    private static TrustHolding Changed(TrustHolding held, TrustStage stage) =>
        held with { Stage = stage, Root = held.Root + "\n", LoadedSince = null, Stated = null };

    /// <summary>What was seen or stated of a stage that goes on.</summary>
    private static TrustHolding Watched(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustHolding held)
    {
        if (!situation.HasLoaded(cluster, held))
            return held with { LoadedSince = null, Stated = null };
        var loaded = held with { LoadedSince = held.LoadedSince ?? seen.Now };
        return seen.Order is TrustOrder.State state && state.Epoch == held.Epoch && state.Stage == held.Stage && held.LoadedSince <= state.Statement.At
            ? loaded with { Stated = held.Stated ?? state.Statement }
            : loaded;
    }
}
