using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Relay;

/// <summary>The relay's objects, all in our namespace of the cluster.</summary>
public static class RelayNames
{
    public const string Relay = RelayService.Name;

    internal const string App = "app.kubernetes.io/name";

    /// <summary>By this name API servers and proxies call it, and its certificate is made out to it.</summary>
    public static string Host => RelayService.ServerName;

    /// <summary>nginx's configuration. A Secret, since the tokens are in it.</summary>
    public static ObjectId Configuration(ClusterName cluster) => Of(cluster, ResourceKind.Secret, Relay);

    /// <summary>The certificate and its key. Sorted last, so that it is deleted last: where it is gone all is.</summary>
    public static ObjectId Certificate(ClusterName cluster) => Of(cluster, ResourceKind.Secret, $"{Relay}-tls");

    public static ObjectId Deployment(ClusterName cluster) => Of(cluster, ResourceKind.Deployment, Relay);

    public static ObjectId Budget(ClusterName cluster) => Of(cluster, ResourceKind.PodDisruptionBudget, Relay);

    public static ObjectId Service(ClusterName cluster) => Of(cluster, ResourceKind.Service, Relay);

    private static ObjectId Of(ClusterName cluster, ResourceKind kind, string name) => new(cluster, kind, SystemNamespaces.Isthmus, name);
}
