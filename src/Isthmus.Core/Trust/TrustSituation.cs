using System.Collections.Immutable;
using System.Diagnostics;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>
/// The mesh's trust as a whole: which root it goes by, whether it moves to another, and what may happen next. What one cluster
/// may do depends on all: it may sign with a CA only when the workloads of all accept its root, and a root may leave only when
/// no certificate under it is left anywhere.
/// </summary>
internal sealed class TrustSituation
{
    /// <summary>How long pushed roots may take to reach the last proxy.</summary>
    private static readonly TimeSpan Push = TimeSpan.FromMinutes(5);

    private readonly MeshTrustSnapshot _seen;
    private readonly TimeSpan _lifetime;
    private readonly ImmutableSortedSet<ClusterName> _required;

    private TrustSituation(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen)
    {
        _seen = seen;
        _lifetime = trust.WorkloadCertificateLifetime;
        Positions = mesh.Clusters.Where(cluster => cluster.HasOwnControlPlane)
            .ToImmutableSortedDictionary(cluster => cluster.Name, cluster => TrustPosition.Of(mesh, trust, cluster, seen.Clusters.GetValueOrDefault(cluster.Name)));
        Epoch = Ours.Select(one => one.Held.Epoch).DefaultIfEmpty(0).Max();
        var active = Ours.Where(one => IsUnderWay(one.Held)).Select(one => one.Held).ToList();
        var starts = active.Count == 0 && seen.Newest is not null && seen.Order is TrustOrder.Rotate rotate && rotate.Epoch > Epoch;
        if (starts)
            Epoch++;
        IsRotating = starts || active.Count > 0;
        Next = starts ? Roots(seen.Newest)
            : active.Count > 0 ? active.Select(held => held.NextRoot).OfType<string>().MinBy(root => RootBundle.Hash(root))
            : Standing();
        NextVersion = active.Find(held => held.NextRoot == Next)?.NextVersion ?? seen.Newest?.SourceVersion;
        Without = [.. active.SelectMany(held => held.Without), .. Ordered(seen.Order, Epoch).Select(name => name.Value)];
        _required = [.. Positions.Where(one => IsRequired(one.Key, one.Value)).Select(one => one.Key)];
        NewOnly = [.. Required.Where(one => At(one.Value) is { Stage: TrustStage.Done } || GoesByNext(one.Key, one.Value)).Select(one => one.Key)];
        var isOrdered = seen.Order is TrustOrder.Abort abort && abort.Epoch == Epoch;
        IsAborting = active.Count > 0 && NewOnly.IsEmpty
            && (isOrdered || Ours.Any(one => one.Held.Epoch == Epoch && (one.Held.IsAborting || one.Held.Stage == TrustStage.Aborted)));
    }

    public ImmutableSortedDictionary<ClusterName, TrustPosition> Positions { get; }

    /// <summary>The number of the rotation that is under way, or was the last.</summary>
    public long Epoch { get; }

    public bool IsRotating { get; }

    public bool IsAborting { get; }

    /// <summary>The clusters that trust the new root alone. Where there are any, there is no way back.</summary>
    public ImmutableArray<ClusterName> NewOnly { get; }

    /// <summary>The roots that the mesh goes by or moves to; null where its clusters disagree, or nothing is known.</summary>
    public string? Next { get; }

    public string? NextVersion { get; }

    public ImmutableSortedSet<string> Without { get; }

    public static TrustSituation Of(MeshDocument mesh, TrustSettings trust, MeshTrustSnapshot seen) => new(mesh, trust, seen);

    public IEnumerable<(ClusterName Cluster, TrustHolding Held)> Ours => Positions
        .Select(one => (one.Key, (one.Value as TrustPosition.Signing) is { IsOurs: true, Held: var held } ? held : null))
        .Where(one => one.Item2 is not null).Select(one => (one.Key, one.Item2 ?? throw new UnreachableException()));

    private IEnumerable<KeyValuePair<ClusterName, TrustPosition>> Required => Positions.Where(one => _required.Contains(one.Key));

    /// <summary>What a cluster holds, where it takes part in the rotation that is under way.</summary>
    public TrustHolding? At(TrustPosition position) =>
        position is TrustPosition.Signing { IsOurs: true, Held: var held } && held.Epoch == Epoch && (held.NextRoot is null || held.NextRoot == Next) ? held : null;

    /// <summary>What a cluster holds, where the rotation is not over in it.</summary>
    public TrustHolding? UnderWay(TrustPosition position) =>
        position is TrustPosition.Signing { IsOurs: true, Held: var held } && IsUnderWay(held) ? held : null;

    public bool IsRequired(ClusterName cluster) => _required.Contains(cluster);

    private bool IsUnderWay(TrustHolding held) => held.Stage.IsUnderWay() && held.Epoch == Epoch && held.NextRoot is not null;

    public string? Published(ClusterName cluster) =>
        _seen.Clusters.GetValueOrDefault(cluster)?.PublishedRoot is { } text ? RootBundle.FromText(text) : null;

    /// <summary>Whether istiod has loaded what the Secret holds. Each stage differs from the one before in its roots' bytes, so this tells of the CA too.</summary>
    public bool HasLoaded(ClusterName cluster, TrustHolding held) =>
        Published(cluster) == held.Root && _seen.Clusters.GetValueOrDefault(cluster)?.Doubt is null;

    /// <summary>Until when the workloads may still hold what was issued before; null where that time has not begun.</summary>
    public DateTimeOffset? SettlesAt(ClusterName cluster, TrustHolding held)
    {
        if (held.LoadedSince is not { } since || !HasLoaded(cluster, held))
            return null;
        return held.Stated switch
        {
            { Claim: TrustClaim.WorkloadsRestarted } => since,
            { Claim: TrustClaim.RootsArePushed } when held.Stage == TrustStage.TrustBoth && Push < _lifetime => since + Push,
            _ => since + _lifetime,
        };
    }

    /// <summary>(b) may begin in a cluster: the workloads of all that count, and its own, accept the new root.</summary>
    public bool MaySignNew(ClusterName cluster) => !IsAborting && Everywhere(cluster, AcceptsNew);

    /// <summary>(c) may begin in a cluster: no certificate under the old root is left.</summary>
    public bool MayDropOld(ClusterName cluster) => !IsAborting && Everywhere(cluster, HasOnlyNew);

    /// <summary>
    /// The old CA may sign again: the abort stands in every cluster. A slow run that still goes forward then meets a Secret that
    /// it has not read, wherever it writes.
    /// </summary>
    public bool MaySignOld => IsAborting && Required.All(one =>
        one.Value is not TrustPosition.Unseen && (UnderWay(one.Value) is not { } held || held.IsAborting));

    /// <summary>The new root may leave: no certificate under it is left.</summary>
    public bool MayDropNew => MaySignOld && Required.All(one => UnderWay(one.Value) is not { } held
        || held.Stage == TrustStage.TrustBoth || (held.Stage == TrustStage.SignOld && IsSettled(one.Key, held)));

    public bool IsSettled(ClusterName cluster, TrustHolding held) => SettlesAt(cluster, held) <= _seen.Now;

    /// <summary>The CA to sign with under <see cref="Next"/>: the newest of the vault, or else the one that the rotation began with, or that others sign with already.</summary>
    public SigningCa? NextCa()
    {
        if (Next is not { } next)
            return null;
        foreach (var material in new[] { _seen.Newest, _seen.Pinned })
        {
            if (material is not null && Roots(material) is { } roots && RootBundle.SameRoots(roots, next))
                return SigningCa.Of(material);
        }

        return Ours.FirstOrDefault(one => SignsUnder(one.Held, next)).Held?.Ca;
    }

    private bool SignsUnder(TrustHolding held, string root) => held.Stage.IsUnderWay()
        ? held.Stage == TrustStage.SignNew && held.Epoch == Epoch && held.NextRoot == root
        : held.IsIntact && RootBundle.SameRoots(held.Root, root);

    private bool IsRequired(ClusterName cluster, TrustPosition position) =>
        position is not (TrustPosition.Apart or TrustPosition.Empty { PublishedRoot: null }) && !Without.Contains(cluster.Value);

    private bool Everywhere(ClusterName cluster, Func<ClusterName, TrustPosition, bool> holds) =>
        Required.All(one => holds(one.Key, one.Value)) && holds(cluster, Positions[cluster]);

    private bool AcceptsNew(ClusterName cluster, TrustPosition position) => At(position) switch
    {
        { Stage: TrustStage.TrustBoth } held => IsSettled(cluster, held) && Next is not null && RootBundle.Covers(held.Root, Next),
        { Stage: TrustStage.SignNew or TrustStage.Done } => true,
        _ => GoesByNext(cluster, position),
    };

    private bool HasOnlyNew(ClusterName cluster, TrustPosition position) => At(position) switch
    {
        { Stage: TrustStage.SignNew } held => IsSettled(cluster, held),
        { Stage: TrustStage.Done } => true,
        { Stage: TrustStage.TrustBoth or TrustStage.SignOld } => false,
        _ => GoesByNext(cluster, position),
    };

    /// <summary>The cluster never knew another root than the new one.</summary>
    private bool GoesByNext(ClusterName cluster, TrustPosition position) =>
        position is TrustPosition.Signing { Held: var held } && !held.Stage.IsUnderWay() && Next is { } next && RootBundle.SameRoots(held.Root, next)
        && (Published(cluster) is not { } published || RootBundle.Covers(published, next));

    /// <summary>The roots that our clusters go by, if they agree; those of the vault where none has any.</summary>
    private string? Standing()
    {
        var distinct = new List<string>();
        foreach (var (_, held) in Ours.Where(one => one.Held.Epoch == Epoch && one.Held.IsIntact))
        {
            if (!distinct.Exists(root => RootBundle.SameRoots(root, held.Root)))
                distinct.Add(held.Root);
        }

        return distinct.Count switch
        {
            0 => Roots(_seen.Newest),
            1 => distinct[0],
            _ => null,
        };
    }

    public static string? Roots(CaMaterial? material) => material is null ? null : RootBundle.FromText(material.RootCert);

    private static ImmutableArray<ClusterName> Ordered(TrustOrder? order, long epoch) => order switch
    {
        TrustOrder.Rotate rotate when rotate.Epoch == epoch => rotate.Without,
        TrustOrder.GiveUp given when given.Epoch == epoch => given.Clusters,
        _ => [],
    };
}
