using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Schemas;

namespace Isthmus.Embedded.Kinds;

/// <summary>The kinds that every cluster serves.</summary>
internal static class BuiltInKinds
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Admission = "admissionregistration.k8s.io";

    public static IReadOnlyList<KindRules> All { get; } =
    [
        new NamespaceKind(new ResourceDefinition("", "v1", "namespaces", "namespace", "Namespace", false)
        {
            ShortNames = ["ns"], Subresources = ["finalize", "status"],
        }),
        new PodKind(new ResourceDefinition("", "v1", "pods", "pod", "Pod", true)
        {
            ShortNames = ["po"], Categories = ["all"], Subresources = ["binding", "status"],
        }),
        new ServiceKind(new ResourceDefinition("", "v1", "services", "service", "Service", true)
        {
            ShortNames = ["svc"], Categories = ["all"], Subresources = ["status"],
        }),
        new EndpointsKind(new ResourceDefinition("", "v1", "endpoints", "endpoints", "Endpoints", true) { ShortNames = ["ep"] }),
        new ConfigMapKind(new ResourceDefinition("", "v1", "configmaps", "configmap", "ConfigMap", true) { ShortNames = ["cm"] }),
        new SecretKind(new ResourceDefinition("", "v1", "secrets", "secret", "Secret", true)),
        new BuiltInKind(
            new ResourceDefinition("", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", true) { ShortNames = ["sa"], Subresources = ["token"] },
            [Column.Name, Column.Of("Secrets", obj => obj.Items("secrets").Count()), Column.Age]) { AnswersDeletedObject = true },
        new NodeKind(new ResourceDefinition("", "v1", "nodes", "node", "Node", false) { ShortNames = ["no"], Subresources = ["status"] }),
        new EventKind(new ResourceDefinition("", "v1", "events", "event", "Event", true) { ShortNames = ["ev"] }),
        new DeploymentKind(new ResourceDefinition("apps", "v1", "deployments", "deployment", "Deployment", true)
        {
            ShortNames = ["deploy"], Categories = ["all"], Subresources = ["scale", "status"],
        }),
        new ReplicaSetKind(new ResourceDefinition("apps", "v1", "replicasets", "replicaset", "ReplicaSet", true)
        {
            ShortNames = ["rs"], Categories = ["all"], Subresources = ["scale", "status"],
        }),
        new EndpointSliceKind(new ResourceDefinition("discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", true)),
        new BuiltInKind(
            new ResourceDefinition("coordination.k8s.io", "v1", "leases", "lease", "Lease", true),
            [Column.Name, Column.Of("Holder", obj => obj.Text("spec", "holderIdentity")), Column.Age]) { CreatesOnUpdate = true },
        new BuiltInKind(
            new ResourceDefinition("policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", true) { ShortNames = ["pdb"], Subresources = ["status"] },
            [
                Column.Name,
                Column.Of("Min Available", obj => obj.At("spec", "minAvailable")?.ToString() ?? "N/A"),
                Column.Of("Max Unavailable", obj => obj.At("spec", "maxUnavailable")?.ToString() ?? "N/A"),
                Column.Of("Allowed Disruptions", obj => obj.Number("status", "disruptionsAllowed") ?? 0),
                Column.Age,
            ]) { GenerationFields = ["spec"] },
        Role("roles", "role", "Role", true),
        Role("clusterroles", "clusterrole", "ClusterRole", false),
        RoleBinding("rolebindings", "rolebinding", "RoleBinding", true),
        RoleBinding("clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", false),
        Webhooks("mutatingwebhookconfigurations", "mutatingwebhookconfiguration", "MutatingWebhookConfiguration"),
        Webhooks("validatingwebhookconfigurations", "validatingwebhookconfiguration", "ValidatingWebhookConfiguration"),
        new CustomResourceDefinitionKind(
            new ResourceDefinition("apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition", "CustomResourceDefinition", false)
            {
                ShortNames = ["crd", "crds"], Categories = ["api-extensions"], Subresources = ["status"],
            }),
    ];

    private static RoleKind Role(string plural, string singular, string kind, bool namespaced) =>
        new(new ResourceDefinition(Rbac, "v1", plural, singular, kind, namespaced));

    private static RoleBindingKind RoleBinding(string plural, string singular, string kind, bool namespaced) =>
        new(new ResourceDefinition(Rbac, "v1", plural, singular, kind, namespaced));

    private static WebhookConfigurationKind Webhooks(string plural, string singular, string kind) =>
        new(new ResourceDefinition(Admission, "v1", plural, singular, kind, false) { Categories = ["api-extensions"] });
}
