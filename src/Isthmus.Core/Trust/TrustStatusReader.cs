using System.Diagnostics;
using System.Globalization;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>Tells from what was seen how the mesh's trust stands, and what is missing where.</summary>
public static class TrustStatusReader
{
    private const string Restart = "kubectl -n istio-system rollout restart deployment -l app=istiod";

    public static TrustStatus Read(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        var newest = TrustSituation.Roots(seen.Newest);
        return new TrustStatus
        {
            Stage = Stage(situation),
            Rotation = situation.Epoch,
            IsRotating = situation.IsRotating,
            MayAbort = situation is { IsRotating: true, NewOnly.IsEmpty: true },
            Roots = situation.Next is { } next ? RootBundle.Fingerprints(next) : [],
            Version = situation.IsRotating ? situation.NextVersion : seen.Newest?.SourceVersion,
            Without = [.. situation.Without],
            HasNewRoot = newest is not null && (situation.Next is not { } root || !RootBundle.SameRoots(root, newest)),
            Clusters = [.. situation.Positions.Select(one => Cluster(situation, seen, one.Key, one.Value))],
        };
    }

    private static string Stage(TrustSituation situation)
    {
        if (!situation.IsRotating)
            return TrustStage.Steady.Text();
        if (situation.IsAborting)
            return "aborting";
        var stages = situation.Positions.Values.Select(situation.UnderWay).OfType<TrustHolding>().Select(held => held.Stage).ToList();
        if (stages.Contains(TrustStage.TrustBoth))
            return TrustStage.TrustBoth.Text();
        return situation.NewOnly.IsEmpty ? TrustStage.SignNew.Text() : "drop-old";
    }

    private static TrustClusterStatus Cluster(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustPosition position)
    {
        var isRequired = situation.IsRequired(cluster);
        if (position is not TrustPosition.Signing { Held: var held, IsOurs: var isOurs })
            return new TrustClusterStatus(cluster, null, null, null, null, isRequired, Reason(position));
        var underWay = situation.UnderWay(position);
        return new TrustClusterStatus(
            cluster,
            isOurs ? held.Stage : null,
            held.Ca.Version,
            underWay?.LoadedSince,
            underWay is null ? null : situation.SettlesAt(cluster, underWay),
            isRequired,
            underWay is null ? OutsideOfRotation(situation, cluster, held) : Missing(situation, seen, cluster, underWay))
        {
            Roots = RootBundle.Fingerprints(held.Root),
        };
    }

    private static string Reason(TrustPosition position) => position switch
    {
        TrustPosition.Unseen => "it cannot be reached; where it is lost, 'isthmus trust rotate --without' gives it up",
        TrustPosition.Apart apart => apart.Reason,
        TrustPosition.Blocked blocked => blocked.Reason,
        TrustPosition.Empty { PublishedRoot: null } => "it has no CA yet",
        TrustPosition.Empty => "istiod publishes a root whose CA is in no Secret of istio-system",
        _ => throw new UnreachableException(),
    };

    private static string? OutsideOfRotation(TrustSituation situation, ClusterName cluster, TrustHolding held)
    {
        if (situation.Next is not { } next)
            return "the clusters go by different roots";
        if (!RootBundle.SameRoots(held.Root, next))
            return situation.IsAborting ? null : "it gets the mesh's root beside its own with the next run";
        return situation.Published(cluster) is { } published && !RootBundle.Covers(published, next)
            ? $"istiod has not loaded cacerts: it publishes another root, so its workloads do not trust the mesh. It loads it when it is restarted: {Restart}"
            : null;
    }

    private static string? Missing(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustHolding held)
    {
        if (situation.IsAborting && !held.IsAborting)
            return "the abort is not recorded in it yet";
        // Going back, a cluster that never signed with the new CA has nothing to wait for.
        if (situation.IsAborting && held.Stage == TrustStage.TrustBoth)
            return null;
        if (!situation.HasLoaded(cluster, held))
            return NotLoaded(situation, seen, cluster, held);
        if (held.LoadedSince is null)
            return "the next run writes down that istiod has loaded it";
        return situation.IsSettled(cluster, held) ? null
            : $"until {situation.SettlesAt(cluster, held)?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} its workloads may hold what was issued before";
    }

    private static string NotLoaded(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustHolding held)
    {
        if (situation.Published(cluster) is not { } published)
            return "istiod has not published istio-ca-root-cert there: it has not run yet";
        // A CA that is its own chain, or has none, is the one that istiod made for itself; it publishes ca-cert.pem and root-cert.pem in a row.
        if ((held.Ca.Chain.Length == 0 || held.Ca.Chain == held.Ca.Cert) && held.PreviousRoot is { } before && RootBundle.SameRoots(published, before))
            return $"istiod started without cacerts, or with one that it made itself, and does not watch it; restart it once, when it suits: {Restart}";
        if (published == held.Root && seen.Clusters.GetValueOrDefault(cluster)?.Doubt is { } doubt)
            return doubt;
        return seen.Clusters.GetValueOrDefault(cluster) is { Istiods.Count: > 0 } istiods && istiods.Istiods.Any(istiod => !istiod.IsMultiRoot)
            ? $"istiod runs without ISTIO_MULTIROOT_MESH=true and leaves changed roots alone; set it on istiod, or let each stage be loaded by a restart: {Restart}"
            : "istiod has not loaded it yet";
    }
}
