using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.ControlPlane;

/// <summary>A plan for the remote secrets of a mesh.</summary>
/// <param name="Plan">What can be done now.</param>
/// <param name="NeedToken">The clusters that need a new token before theirs can be planned.</param>
/// <param name="Held">The clusters whose account some istiod may still hold a token of, or whose istiod could not be asked.</param>
/// <param name="KeptOut">The clusters whose ranges clash and which no Secret lets their istiod read.</param>
public sealed record RemoteSecretPlan(
    Plan Plan, ImmutableArray<ClusterName> NeedToken, ImmutableHashSet<ClusterName> Held, ImmutableHashSet<ClusterName> KeptOut)
{
    /// <summary>Our namespace in a cluster that leaves goes after the last Secret: with it goes the account that istiod reads by.</summary>
    public Plan HoldNamespaces(Plan plan) => plan.Select(action =>
        action is PlannedAction.Delete && action.Id == WebhookPlanner.SystemNamespace(action.Id.Cluster) && Held.Contains(action.Id.Cluster)
            ? new PlannedAction.Skipped(action.Id, "stays until the istiod that served the cluster has let go of it")
            : action);
}

/// <summary>
/// Lets each istiod read the clusters that it serves. A token is renewed at half of its life, while the old one still holds, and the
/// Secret changes in place. A cluster that leaves loses the Secret first, then the account, with which every token of it dies.
/// </summary>
public static class RemoteSecretPlanner
{
    /// <summary>What is asked for; the server may grant less.</summary>
    public static readonly TimeSpan RequestedLife = TimeSpan.FromDays(7);

    /// <summary>The time between two full runs, and some more.</summary>
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromMinutes(20);

    public static RemoteSecretPlan Plan(MeshDocument mesh, RemoteSecretSnapshot seen)
    {
        var plan = Planning.Plan.Empty;
        var needToken = ImmutableArray.CreateBuilder<ClusterName>();
        foreach (var cluster in mesh.Clusters.OrderBy(cluster => cluster.Name))
        {
            plan = plan.With(Readers(mesh, cluster, seen));
            if (IsServed(cluster) && seen.Secrets.TryGetValue(cluster.ControlPlane, out var secrets))
            {
                var (action, needs) = Secret(mesh, cluster, secrets, seen);
                plan = plan.With(new Plan(action is null ? [] : [action]));
                if (needs)
                    needToken.Add(cluster.Name);
            }
        }

        var stale = seen.Secrets.SelectMany(entry => entry.Value.Select(secret => Stale(mesh, entry.Key, secret))).OfType<PlannedAction>();
        var held = mesh.Clusters.Where(cluster => seen.Readers.TryGetValue(cluster.Name, out var reader) && reader.Accounts.Count > 0 && Holders(mesh, cluster, seen).Count > 0)
            .Select(cluster => cluster.Name).ToImmutableHashSet();
        var keptOut = mesh.Clusters.Where(cluster => seen.Refusals.ContainsKey(cluster.Name) && !IsRead(cluster, seen)).Select(cluster => cluster.Name);
        return new RemoteSecretPlan(plan.With(new Plan(stale)), needToken.ToImmutable(), held, [.. keptOut]);
    }

    /// <summary>
    /// When a token is to be replaced: in the middle of its life, so that what goes wrong has until two thirds of it to be mended. A short
    /// life is renewed earlier, since nobody looks between two full runs; not before a quarter of it, so that there is an end to it.
    /// </summary>
    public static DateTimeOffset RenewAt(DateTimeOffset issued, DateTimeOffset expires)
    {
        var life = expires - issued;
        var latest = (2 * life / 3) - BetweenRuns;
        return issued + (latest > life / 2 ? life / 2 : latest > life / 4 ? latest : life / 4);
    }

    /// <summary>Whether a cluster is read by another one's istiod.</summary>
    public static bool IsServed(MeshCluster cluster) => cluster is { Leaving: false, HasOwnControlPlane: false };

    /// <summary>Our account of the control plane in a cluster, where it is there to stay.</summary>
    public static JsonObject? AccountOf(MeshDocument mesh, MeshCluster cluster, ReaderSnapshot reader) => reader.Accounts.FirstOrDefault(account =>
        account.Name() == ReaderAccount.Account(cluster.Name, cluster.ControlPlane).Name && Ownership.IsOurs(account, mesh.Name) && !account.IsTerminating());

    /// <summary>The clusters that a Secret, of whoever, lets their istiod read.</summary>
    public static IReadOnlySet<ClusterName> Read(MeshDocument mesh, RemoteSecretSnapshot seen) =>
        mesh.Clusters.Where(cluster => !cluster.HasOwnControlPlane && IsRead(cluster, seen)).Select(cluster => cluster.Name).ToHashSet();

    private static Plan Readers(MeshDocument mesh, MeshCluster cluster, RemoteSecretSnapshot seen)
    {
        if (!seen.Readers.TryGetValue(cluster.Name, out var reader))
            return Planning.Plan.Empty;
        var desired = IsServed(cluster) ? ReaderAccount.Desired(mesh, cluster).ToList() : [];
        var kept = desired.Select(item => item.Id).ToHashSet();
        // An account is only taken once no Secret holds a token of it any more, and that has to be seen.
        var holders = Holders(mesh, cluster, seen);
        var observed = reader.Accounts.Select(live => (ResourceKind.ServiceAccount, live))
            .Concat(reader.Roles.Select(live => (ResourceKind.ClusterRole, live)))
            .Concat(reader.Bindings.Select(live => (ResourceKind.ClusterRoleBinding, live)))
            .Select(entry => new ObservedObject(new ObjectId(cluster.Name, entry.Item1, entry.live.NamespaceName(), entry.live.Name()), entry.live))
            .Where(item => kept.Contains(item.Id) || !holders.Any(holder => BelongsTo(item.Live, holder)));
        return PlanDiff.Compute(desired, observed).OwnedOnly(mesh.Name);
    }

    private static HashSet<ClusterName> Holders(MeshDocument mesh, MeshCluster cluster, RemoteSecretSnapshot seen) =>
        [.. mesh.Clusters.Where(other => MayHold(mesh, other, cluster, seen)).Select(other => other.Name)];

    // Where the Secrets cannot be seen, what was in use is taken to be so still.
    private static bool IsRead(MeshCluster cluster, RemoteSecretSnapshot seen) =>
        cluster.HasOwnControlPlane || !seen.Secrets.TryGetValue(cluster.ControlPlane, out var secrets) || secrets.Any(secret => RemoteSecret.Holds(secret, cluster.Name));

    private static bool BelongsTo(JsonObject readerObject, ClusterName controlPlane) =>
        readerObject.Label(ReaderAccount.Label) is { } label && (label == controlPlane.Value || label == "any");

    // Any cluster may have run the istiod once; one that runs it now and is silent may hold a token still.
    private static bool MayHold(MeshDocument mesh, MeshCluster holder, MeshCluster cluster, RemoteSecretSnapshot seen) =>
        seen.Secrets.TryGetValue(holder.Name, out var secrets)
            ? secrets.Any(secret => Ownership.IsOurs(secret, mesh.Name) && RemoteSecret.ClusterOf(secret) == cluster.Name)
            : holder.HasOwnControlPlane;

    private static (PlannedAction? Action, bool NeedsToken) Secret(
        MeshDocument mesh, MeshCluster cluster, IReadOnlyList<JsonObject> secrets, RemoteSecretSnapshot seen)
    {
        var id = RemoteSecret.Id(cluster.ControlPlane, cluster.Name);
        var live = secrets.FirstOrDefault(secret => secret.Name() == id.Name);
        if (Clash(mesh, id, cluster, secrets) is { } clash)
            return (new PlannedAction.Skipped(id, clash), false);
        // What is in use stays: taking it away would cut traffic that flows.
        if (live is null && seen.Refusals.TryGetValue(cluster.Name, out var refusal))
            return (new PlannedAction.Skipped(id, refusal), false);
        if (!seen.Readers.TryGetValue(cluster.Name, out var reader))
            return (null, false);
        if (reader.Address.Fault() is { } fault)
            return (new PlannedAction.Skipped(id, fault), false);
        // The account comes first: the next look finds it.
        var readers = Readers(mesh, cluster, seen);
        if (AccountOf(mesh, cluster, reader)?.Uid() is not { } uid)
        {
            if (!seen.IsDryRun || !readers.Actions.Any(action => action is PlannedAction.Create && action.Id == ReaderAccount.Account(cluster.Name, cluster.ControlPlane)))
                return (null, false);
            uid = "known-when-applied";
        }

        if (readers.HasWrites && !seen.IsDryRun)
            return (null, false);
        var standing = live is null || reader.IsTokenRefused ? null : RemoteSecret.TokenOf(live, cluster.Name, uid);
        var isDue = standing is null || seen.Now >= RenewAt(standing.Issued, standing.Expires);
        var token = isDue ? reader.NewToken ?? standing : standing;
        if (token is null)
            return (null, true);
        var desired = new DesiredObject(id, RemoteSecret.Content(mesh, cluster, reader.Address, token, uid));
        return (PlanDiff.Compute([desired], live is null ? [] : [new ObservedObject(id, live)]).Actions[0], isDue && reader.NewToken is null);
    }

    private static string? Clash(MeshDocument mesh, ObjectId id, MeshCluster cluster, IReadOnlyList<JsonObject> secrets)
    {
        foreach (var other in secrets.Where(secret => !Ownership.IsOurs(secret, mesh.Name)).OrderBy(secret => secret.Name(), StringComparer.Ordinal))
        {
            if (other.Name() == id.Name)
                return RemoteSecret.CanBeTakenOver(other, cluster.Name) ? $"istiod reads cluster {cluster.Name} by it already, and nobody renews its token: {RemoteSecret.TakeOver(id, mesh.Name)}" : Ownership.Clash(other, mesh.Name);
            if (RemoteSecret.Holds(other, cluster.Name))
                return $"Secret {other.Name()} lets istiod read cluster {cluster.Name} already, and it refuses a cluster that comes twice: {RemoteSecret.GiveWay}";
        }

        return null;
    }

    /// <summary>A Secret of ours whose cluster this istiod does not serve any more.</summary>
    private static PlannedAction? Stale(MeshDocument mesh, ClusterName controlPlane, JsonObject secret)
    {
        if (!Ownership.IsOurs(secret, mesh.Name) || RemoteSecret.ClusterOf(secret) is not { } name || secret.IsTerminating())
            return null;
        var id = new ObjectId(controlPlane, ResourceKind.Secret, secret.NamespaceName(), secret.Name());
        if (mesh.Gone.Any(gone => gone.Name == name) && mesh.Find(name) is null)
            return new PlannedAction.Delete(id, secret);
        if (mesh.Find(name) is not { } cluster)
            return new PlannedAction.Skipped(id, $"the mesh document does not list cluster {name}: a cluster leaves by state: leaving");
        return IsServed(cluster) && cluster.ControlPlane == controlPlane ? null : new PlannedAction.Delete(id, secret);
    }
}
