using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>Makes orders out of what a user wants, or says why it cannot be.</summary>
public static class TrustOrders
{
    /// <summary>
    /// How long an aborted rotation rests: what istiod is still about to load of it (a Secret volume follows within a few minutes) may
    /// not be taken for the next one's.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    /// <summary>Begins a rotation; where one is under way, only gives clusters up.</summary>
    public static TrustOrderResult Rotate(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen, IReadOnlyList<ClusterName> without)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        if (without.FirstOrDefault(name => !situation.Positions.ContainsKey(name)) is { Value: not null } unknown)
            return TrustOrderResult.Refused($"'{unknown}' is no cluster of this mesh with an istiod of its own");
        if (situation.IsRotating)
            return TrustOrderResult.Of(without.Count == 0 ? null : new TrustOrder.GiveUp(situation.Epoch, [.. without]));
        if (TrustSituation.Roots(seen.Newest) is not { } root)
            return TrustOrderResult.Refused("no CA that may be used came out of the vault, so there is nothing to rotate to");
        if (situation.Next is { } next && RootBundle.SameRoots(next, root) && situation.Ours.Any())
            return TrustOrderResult.Of(null);
        foreach (var (cluster, position) in situation.Positions.Where(one => !without.Contains(one.Key)))
        {
            if (Obstacle(situation, seen, cluster, position) is { } obstacle)
                return TrustOrderResult.Refused($"{cluster}: {obstacle}");
        }

        return TrustOrderResult.Of(new TrustOrder.Rotate(situation.Epoch + 1, [.. without]));
    }

    public static TrustOrderResult Abort(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        if (!situation.IsRotating)
            return TrustOrderResult.Refused("no rotation is under way");
        return situation.NewOnly.IsEmpty
            ? TrustOrderResult.Of(new TrustOrder.Abort(situation.Epoch))
            : TrustOrderResult.Refused(
                $"it is too late: {string.Join(", ", situation.NewOnly)} trusts the new root alone. Let it come to its end, and rotate back by putting the old CA into the vault as its newest version");
    }

    /// <summary>States something of the workloads of all clusters at the mesh's stage.</summary>
    public static TrustOrderResult State(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen, TrustClaim claim)
    {
        var situation = TrustSituation.Of(mesh, trust, seen);
        var underWay = situation.Positions.Select(one => (one.Key, Held: situation.UnderWay(one.Value))).Where(one => one.Held is not null).ToList();
        if (underWay.Count == 0)
            return TrustOrderResult.Refused("no rotation is under way, so nothing waits for workloads");
        var stage = underWay.Select(one => one.Held?.Stage ?? TrustStage.Steady).Min();
        if (claim == TrustClaim.RootsArePushed && stage != TrustStage.TrustBoth)
            return TrustOrderResult.Refused("pushed roots shorten the first stage only: certificates under the old root are not renewed by them");
        var early = underWay.Where(one => one.Held is { } held && held.Stage == stage && (held.LoadedSince is null || !situation.HasLoaded(one.Key, held))).Select(one => one.Key.Value).ToList();
        return early.Count > 0
            ? TrustOrderResult.Refused($"istiod has not loaded this stage in {string.Join(", ", early)}: what was restarted before that holds nothing new. See 'isthmus trust status'")
            : TrustOrderResult.Of(new TrustOrder.State(situation.Epoch, stage, new TrustStatement(claim, seen.Now)));
    }

    private static string? Obstacle(TrustSituation situation, MeshTrustSnapshot seen, ClusterName cluster, TrustPosition position) => position switch
    {
        TrustPosition.Unseen => "it cannot be reached, and nobody can tell what it trusts; where it is lost, give it up with --without",
        TrustPosition.Blocked blocked => $"{blocked.Reason}, or give the cluster up with --without",
        _ when seen.Clusters.GetValueOrDefault(cluster)?.OneRootOnly is { } reason => reason,
        TrustPosition.Signing { IsOurs: true, Held: var held } when situation.Published(cluster) is { } published && published != held.Root =>
            "istiod has not loaded the cacerts that is there, so what its workloads trust is another thing: restart istiod, or give the cluster up with --without",
        TrustPosition.Signing { Held.EndedAt: { } ended } when ended + Rest > seen.Now => "a rotation was aborted a moment ago, and istiod may still load parts of it; wait ten minutes",
        _ => null,
    };
}

/// <summary>An order, nothing (it is so already), or the reason why not.</summary>
public sealed record TrustOrderResult(TrustOrder? Order, string? Refusal)
{
    public static TrustOrderResult Of(TrustOrder? order) => new(order, null);

    public static TrustOrderResult Refused(string reason) => new(null, reason);
}
