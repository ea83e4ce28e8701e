using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Checks;

/// <summary>Each istiod can read the clusters that it serves: its Secret for each is there, and the token in it is known and lives on.</summary>
internal static class RemoteSecretRule
{
    private const string Apply = "run isthmus apply";

    /// <summary>The shortest life that runs a quarter of an hour apart renew in time.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromHours(1);

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot)
    {
        foreach (var (controlPlane, seen) in snapshot.ControlPlanes)
        {
            foreach (var cluster in snapshot.Mesh.Clusters.Where(cluster => RemoteSecretPlanner.IsServed(cluster) && cluster.ControlPlane == controlPlane.Name))
            {
                yield return Of(snapshot, cluster, seen.RemoteSecrets);
                if (seen.Istiods.FirstOrDefault(LosesEndpoints) is { } istiod)
                {
                    yield return CheckFinding.Error(
                        controlPlane.Name, Subject(cluster.Name),
                        $"{istiod.Name} is Istio {istiod.Version}, which loses the cluster's endpoints when the token is renewed, until it is restarted (Istio's issues 60612, 60920 and 61043)",
                        "upgrade it to 1.30.4 or later; until then restart it after each renewal");
                }
            }

            foreach (var secret in seen.RemoteSecrets.Where(secret => Ownership.IsOurs(secret, snapshot.Mesh.Name)))
            {
                if (RemoteSecret.ClusterOf(secret) is { } name && snapshot.Mesh.Find(name) is null)
                    yield return CheckFinding.Warning(controlPlane.Name, Subject(name), "the mesh document does not list the cluster", "list it with state: leaving, and run isthmus apply, or istiod goes on reading it");
            }
        }
    }

    private static bool LosesEndpoints(SeenIstiod istiod) => istiod.Version is { } version && version.IsAtLeast(1, 30) && !version.IsAtLeast(1, 30, 4);

    private static CheckFinding Of(CheckSnapshot snapshot, MeshCluster cluster, IReadOnlyList<JsonObject> secrets)
    {
        var (where, subject) = (cluster.ControlPlane, Subject(cluster.Name));
        if (secrets.FirstOrDefault(secret => RemoteSecret.Holds(secret, cluster.Name) && !Ownership.IsOurs(secret, snapshot.Mesh.Name)) is { } foreign)
        {
            var id = RemoteSecret.Id(where, cluster.Name);
            var toDo = foreign.Name() == id.Name && RemoteSecret.CanBeTakenOver(foreign, cluster.Name) ? RemoteSecret.TakeOver(id, snapshot.Mesh.Name) : RemoteSecret.GiveWay;
            return CheckFinding.Warning(where, subject, $"istiod reads the cluster by Secret {foreign.Name()}, which is not ours, so nobody renews its token", toDo);
        }

        if (secrets.FirstOrDefault(secret => RemoteSecret.Holds(secret, cluster.Name)) is not { } ours)
            return CheckFinding.Warning(where, subject, "there is none yet, so istiod does not read the cluster", $"{Apply}; it says so where something stands in the way");
        if (snapshot.RefusedTokens.Contains(cluster.Name))
            return CheckFinding.Error(where, subject, $"the API server of cluster {cluster.Name} does not know its token, so istiod does not read the cluster", $"{Apply}: it gets a new one");
        return RemoteSecret.Life(ours) is var (issued, expires)
            ? OfToken(where, subject, issued, expires, snapshot.Now)
            : CheckFinding.Error(where, subject, "it does not say when its token was issued and when it ends", $"{Apply}: it gets a new one");
    }

    private static CheckFinding OfToken(ClusterName where, string subject, DateTimeOffset issued, DateTimeOffset expires, DateTimeOffset now)
    {
        var renewal = RemoteSecretPlanner.RenewAt(issued, expires);
        var age = $"its token is {Span(now - issued)} old";
        if (expires <= now)
            return CheckFinding.Error(where, subject, $"{age} and ended {Span(now - expires)} ago, so istiod does not read the cluster", $"{Apply}, and see what it says of the token");
        if (now >= issued + (2 * (expires - issued) / 3))
            return CheckFinding.Warning(where, subject, $"{age} and ends in {Span(expires - now)}; it was to be renewed {Span(now - renewal)} ago", $"{Apply}, and see what it says of the token");
        return expires - issued < ShortLife
            ? CheckFinding.Warning(
                where, subject, $"{age} and ends in {Span(expires - now)}: the API server grants less than an hour, too little for a run every quarter of an hour",
                "raise its --service-account-max-token-expiration, or run isthmus apply more often")
            : CheckFinding.Ok(where, subject, $"{age} and ends in {Span(expires - now)}; it is renewed from {renewal.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)} on");
    }

    private static string Subject(ClusterName cluster) => $"remote secret of {cluster}";

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Days} d {span.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalMinutes)} min"),
    };
}
