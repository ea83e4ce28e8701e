using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// The account by which an istiod reads a cluster that it serves: one for each control plane, so that deleting it revokes every token
/// that this istiod ever got and no other. Its names are ours, so that Istio's own reader account is never touched.
/// </summary>
public static class ReaderAccount
{
    /// <summary>On the account and what belongs to it: the control plane it is for.</summary>
    public const string Label = "isthmus.dev/reader-for";

    private const string Rbac = "rbac.authorization.k8s.io";
    private const string RoleName = "isthmus-istio-reader";

    public static ObjectId Account(ClusterName cluster, ClusterName controlPlane) =>
        new(cluster, ResourceKind.ServiceAccount, SystemNamespaces.Isthmus, $"istio-reader-{controlPlane}");

    public static ObjectId Role(ClusterName cluster) => new(cluster, ResourceKind.ClusterRole, null, RoleName);

    public static ObjectId Binding(ClusterName cluster, ClusterName controlPlane) =>
        new(cluster, ResourceKind.ClusterRoleBinding, null, $"{RoleName}-{controlPlane}");

    /// <summary>Everything that lets a control plane read a cluster.</summary>
    public static IEnumerable<DesiredObject> Desired(MeshDocument mesh, MeshCluster cluster)
    {
        var account = Account(cluster.Name, cluster.ControlPlane);
        yield return new DesiredObject(account, NewObject(account));
        var role = Role(cluster.Name);
        var roleContent = NewObject(role);
        roleContent["rules"] = Rules();
        yield return new DesiredObject(role, roleContent);
        var binding = Binding(cluster.Name, cluster.ControlPlane);
        var bindingContent = NewObject(binding);
        bindingContent["roleRef"] = new JsonObject { ["apiGroup"] = Rbac, ["kind"] = "ClusterRole", ["name"] = role.Name };
        bindingContent["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = account.Name, ["namespace"] = account.Namespace });
        yield return new DesiredObject(binding, bindingContent);

        JsonObject NewObject(ObjectId id) =>
            Ownership.NewObject(id, mesh.Name, new JsonObject { [Label] = id.Kind == ResourceKind.ClusterRole ? "any" : cluster.ControlPlane.Value });
    }

    /// <summary>
    /// Istio's own reader rights, those of 1.20 to 1.31 together, with what its chart adds for a cluster without an istiod: the ConfigMap
    /// of the root in each namespace and the CA in its webhooks are written from outside.
    /// </summary>
    internal static JsonArray Rules() =>
    [
        Rule(
            ["config.istio.io", "security.istio.io", "networking.istio.io", "authentication.istio.io", "rbac.istio.io", "telemetry.istio.io", "extensions.istio.io"],
            ["*"],
            Read),
        Rule([""], ["endpoints", "pods", "services", "nodes", "replicationcontrollers", "namespaces", "secrets"], Read),
        Rule(["networking.x-k8s.io", "gateway.networking.k8s.io"], ["gateways", "gatewayclasses"], Read),
        Rule(["inference.networking.k8s.io"], ["inferencepools"], Read),
        Rule(["apiextensions.k8s.io"], ["customresourcedefinitions"], Read),
        Rule(["discovery.k8s.io"], ["endpointslices"], Read),
        Rule(["multicluster.x-k8s.io"], ["serviceexports"], [.. Read, "create", "delete"]),
        Rule(["multicluster.x-k8s.io"], ["serviceimports"], Read),
        Rule(["apps"], ["replicasets"], Read),
        Rule(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
        Rule(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
        Rule([""], ["configmaps"], [.. Read, "create", "update"]),
        Rule(["admissionregistration.k8s.io"], ["mutatingwebhookconfigurations"], [.. Read, "update", "patch"]),
        Rule(["admissionregistration.k8s.io"], ["validatingwebhookconfigurations"], [.. Read, "update"]),
    ];

    private static readonly string[] Read = ["get", "list", "watch"];

    private static JsonObject Rule(string[] groups, string[] resources, string[] verbs) =>
        new() { ["apiGroups"] = Texts(groups), ["resources"] = Texts(resources), ["verbs"] = Texts(verbs) };

    private static JsonArray Texts(string[] values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
