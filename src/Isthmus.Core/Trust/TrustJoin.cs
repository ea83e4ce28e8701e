namespace Isthmus.Core.Trust;

/// <summary>Clusters outside of a rotation: those that come new, and those whose CA is renewed under its root.</summary>
internal static class TrustJoin
{
    /// <summary>
    /// A cluster without any CA gets what the others have at their present stage, since no workload of it could lose anybody. What
    /// istiod still publishes there shows which roots its workloads have, if it ever ran.
    /// </summary>
    public static TrustStep First(TrustSituation situation, MeshTrustSnapshot seen, TrustPosition.Empty empty)
    {
        if (Template(situation) is not { } held)
        {
            return new TrustStep.Stay(seen.Newest is null
                ? "no CA that may be used came out of the vault"
                : "the clusters go by different roots; 'isthmus trust rotate' brings all of them to the one in the vault");
        }

        return empty.PublishedRoot is null || RootBundle.SameRoots(empty.PublishedRoot, held.Root)
            ? new TrustStep.To(held)
            : new TrustStep.Stay(
                "istiod publishes a root whose CA is in no Secret of istio-system; put back its cacerts or istio-ca-secret, so that its workloads can be brought over by stages");
    }

    /// <summary>A CA under the root that the cluster has. The root's bytes stay as they are: istiod would take others for a change.</summary>
    public static TrustStep Renew(MeshTrustSnapshot seen, TrustPosition.Signing signing, string next)
    {
        var held = signing.Held;
        if (seen.Newest is not { } newest)
            return signing.IsOurs ? new TrustStep.To(held) : new TrustStep.Stay("no CA that may be used came out of the vault");
        if (RootBundle.SameRoots(RootBundle.FromText(newest.RootCert), next))
            return new TrustStep.To(held with { Ca = SigningCa.Of(newest) });
        return new TrustStep.Stay(
            $"version {newest.SourceVersion} of the CA in the vault has another root than the mesh; 'isthmus trust rotate' brings it in by stages");
    }

    private static TrustHolding? Template(TrustSituation situation)
    {
        var others = situation.Ours.Select(one => one.Held).Where(held => held.Epoch == situation.Epoch).ToList();
        if (situation.IsRotating && others.OrderBy(held => Preference(held.Stage, situation.IsAborting)).FirstOrDefault(IsShared) is { } other)
            return other with { LoadedSince = null, Stated = null };
        return situation is { Next: { } next } && situation.NextCa() is { } ca
            ? new TrustHolding { Ca = ca, Root = next, Epoch = situation.Epoch }
            : null;
    }

    /// <summary>A CA that an istiod made for itself, or that somebody else put there, is that cluster's alone.</summary>
    private static bool IsShared(TrustHolding held) => (held.Previous ?? held.Ca).Version is not null && held.IsIntact;

    private static int Preference(TrustStage stage, bool isAborting) => stage switch
    {
        TrustStage.Steady => 5,
        TrustStage.Done => 0,
        TrustStage.Aborted => 1,
        TrustStage.SignOld => 2,
        TrustStage.SignNew => isAborting ? 4 : 2,
        _ => 3,
    };
}
