using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>The Secret by which an istiod reads another cluster's API server, and what it tells of its token.</summary>
public static class RemoteSecret
{
    /// <summary>istiod reads every Secret of its namespace with this label, <c>"true"</c>; each key is a cluster.</summary>
    public const string Label = "istio/multiCluster";

    private const string ClusterAnnotation = "networking.istio.io/cluster";
    private const string IssuedAnnotation = "isthmus.dev/token-issued";
    private const string ExpiresAnnotation = "isthmus.dev/token-expires";
    private const string AccountAnnotation = "isthmus.dev/token-account";

    public static ObjectId Id(ClusterName controlPlane, ClusterName cluster) =>
        new(controlPlane, ResourceKind.Secret, SystemNamespaces.Istio, $"istio-remote-secret-{cluster}");

    /// <summary>The cluster that one of our Secrets is about.</summary>
    public static ClusterName? ClusterOf(JsonObject secret) =>
        secret.Annotation(ClusterAnnotation) is { } name ? new ClusterName(name) : null;

    /// <summary>Whether a Secret, of whoever, lets the istiod beside it read a cluster.</summary>
    public static bool Holds(JsonObject secret, ClusterName cluster) => (secret["data"] as JsonObject)?.ContainsKey(cluster.Value) == true;

    /// <summary>What to do about a Secret of somebody else under another name.</summary>
    internal const string GiveWay = "delete that Secret and run isthmus apply right after; in between istiod knows no endpoints of the cluster";

    /// <summary>Whether somebody else's Secret, under our name, is about this cluster and nothing more: as istioctl makes it.</summary>
    internal static bool CanBeTakenOver(JsonObject secret, ClusterName cluster) =>
        secret["data"] is JsonObject { Count: 1 } && Holds(secret, cluster) && secret.Label(Ownership.ManagedByLabel) is null;

    /// <summary>How it becomes ours without a moment in which istiod does not read the cluster.</summary>
    internal static string TakeOver(ObjectId id, string mesh) =>
        $"to have it kept from now on, kubectl label secret -n {id.Namespace} {id.Name} {Ownership.ManagedByLabel}={Ownership.ManagedByValue} {Ownership.MeshLabel}={mesh}, and run isthmus apply";

    /// <summary>When the token in it was issued and when it expires; null where it does not say so.</summary>
    public static (DateTimeOffset Issued, DateTimeOffset Expires)? Life(JsonObject secret) =>
        Time(secret, IssuedAnnotation) is { } issued && Time(secret, ExpiresAnnotation) is { } expires ? (issued, expires) : null;

    /// <summary>The token in it; null where it holds none, or one of another account than the given one.</summary>
    public static ReaderToken? TokenOf(JsonObject secret, ClusterName cluster, string? accountUid) =>
        secret.Annotation(AccountAnnotation) == accountUid && Life(secret) is var (issued, expires) && RemoteKubeconfig.Token(secret, cluster) is { } text
            ? new ReaderToken(text, issued, expires)
            : null;

    /// <summary>The token in one of our Secrets, of whatever account; null where it holds none.</summary>
    public static ReaderToken? TokenOf(JsonObject secret, ClusterName cluster) => TokenOf(secret, cluster, secret.Annotation(AccountAnnotation));

    internal static JsonObject Content(MeshDocument mesh, MeshCluster cluster, ApiServerAddress address, ReaderToken token, string accountUid)
    {
        var annotations = new JsonObject
        {
            [ClusterAnnotation] = cluster.Name.Value,
            [IssuedAnnotation] = Write(token.Issued),
            [ExpiresAnnotation] = Write(token.Expires),
            [AccountAnnotation] = accountUid,
        };
        var secret = Ownership.NewObject(Id(cluster.ControlPlane, cluster.Name), mesh.Name, new JsonObject { [Label] = "true" }, annotations);
        secret["type"] = "Opaque";
        secret["data"] = new JsonObject
        {
            [cluster.Name.Value] = Convert.ToBase64String(Encoding.UTF8.GetBytes(RemoteKubeconfig.Write(cluster.Name, address, token.Text))),
        };
        return secret;
    }

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(JsonObject secret, string annotation) =>
        DateTimeOffset.TryParse(secret.Annotation(annotation), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
