using System.Diagnostics;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Trust;

/// <summary>
/// Puts the mesh's intermediate CA into the Secret that istiod reads. A renewed intermediate under the same root replaces the old
/// one at once. Another root comes in stages, each of which begins only when it can break no connection (docs/decisions/0011).
/// </summary>
public static class TrustPlanner
{
    public const string VersionAnnotation = TrustAnnotations.Version;
    public const string HashAnnotation = TrustAnnotations.Hash;

    public static ObjectId CaSecret(ClusterName cluster) => new(cluster, ResourceKind.Secret, SystemNamespaces.Istio, "cacerts");

    /// <summary>The next step in every cluster with an istiod of its own.</summary>
    public static Plan Plan(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        return new Plan(situation.Positions.Select(one => Act(mesh, seen, situation, one.Key, one.Value)).OfType<PlannedAction>());
    }

    /// <summary>The version of the CA that a rotation began with, where it needs it and the vault's newest is under another root.</summary>
    public static string? VersionNeeded(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        var waits = situation.Positions.Values.Any(position => situation.UnderWay(position) is { Stage: TrustStage.TrustBoth });
        return waits && !situation.IsAborting && situation.Next is { } next
            && (seen.Newest is not { } newest || !RootBundle.SameRoots(RootBundle.FromText(newest.RootCert), next))
            ? situation.NextVersion
            : null;
    }

    private static PlannedAction? Act(MeshDocument mesh, MeshTrustSnapshot seen, TrustSituation situation, ClusterName cluster, TrustPosition position)
    {
        var id = CaSecret(cluster);
        var step = position switch
        {
            TrustPosition.Unseen => null,
            TrustPosition.Apart apart => new TrustStep.Stay(apart.Reason),
            TrustPosition.Blocked blocked => new TrustStep.Stay(blocked.Reason),
            TrustPosition.Empty empty => TrustJoin.First(situation, seen, empty),
            TrustPosition.Signing signing => Step(situation, seen, cluster, signing),
            _ => throw new UnreachableException(),
        };
        var live = seen.Clusters.GetValueOrDefault(cluster);
        if (step is TrustStep.To { Held.Root: var roots } && live?.OneRootOnly is { } oneRoot && BringsAnother(roots, live.CaSecret))
            step = new TrustStep.Stay(oneRoot);
        return step switch
        {
            null => null,
            TrustStep.Stay stay => new PlannedAction.Skipped(id, stay.Reason),
            TrustStep.To to => Write(mesh, id, to.Held, live?.CaSecret),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Whether these are several roots, and others than those that stand there.</summary>
    private static bool BringsAnother(string roots, JsonObject? live) =>
        RootBundle.Fingerprints(roots).Length > 1 && !RootBundle.SameRoots(roots, (live is null ? null : TrustHolding.Read(live)?.Root) ?? "");

    private static PlannedAction Write(MeshDocument mesh, ObjectId id, TrustHolding held, JsonObject? live) =>
        PlanDiff.Compute([new DesiredObject(id, held.Write(id, mesh.Name, live))], live is null ? [] : [new ObservedObject(id, live)]).Actions[0];

    private static TrustStep Step(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustPosition.Signing signing)
    {
        var held = signing.Held;
        if (situation.UnderWay(signing) is not null && (held.NextRoot == situation.Next || situation.IsAborting))
            return TrustRotation.Next(situation, seen, cluster, held);
        if (situation.Next is not { } next)
        {
            return new TrustStep.Stay(seen.Newest is null
                ? "no CA that may be used came out of the vault"
                : "the clusters go by different roots; 'isthmus trust rotate' brings all of them to the one in the vault");
        }

        if (!held.Stage.IsUnderWay() && RootBundle.SameRoots(held.Root, next))
            return TrustJoin.Renew(seen, signing, next);
        return situation.IsAborting
            ? new TrustStep.Stay("a rotation is being aborted: it comes in when that is done")
            : TrustRotation.Begin(situation, held, next);
    }
}
