using System.Text.Json.Nodes;

namespace Isthmus.Core.Kubernetes;

/// <summary>One kind of Kubernetes object and where the API server serves it.</summary>
public readonly record struct ResourceKind(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    private const string Networking = "networking.istio.io";
    private const string Admission = "admissionregistration.k8s.io";
    private const string Rbac = "rbac.authorization.k8s.io";

    public static readonly ResourceKind Pod = new("", "v1", "Pod", "pods", true);
    public static readonly ResourceKind Service = new("", "v1", "Service", "services", true);
    public static readonly ResourceKind Secret = new("", "v1", "Secret", "secrets", true);
    public static readonly ResourceKind ConfigMap = new("", "v1", "ConfigMap", "configmaps", true);
    public static readonly ResourceKind Namespace = new("", "v1", "Namespace", "namespaces", false);
    public static readonly ResourceKind Node = new("", "v1", "Node", "nodes", false);
    public static readonly ResourceKind Event = new("", "v1", "Event", "events", true);
    public static readonly ResourceKind Endpoints = new("", "v1", "Endpoints", "endpoints", true);
    public static readonly ResourceKind ServiceAccount = new("", "v1", "ServiceAccount", "serviceaccounts", true);
    public static readonly ResourceKind ClusterRole = new(Rbac, "v1", "ClusterRole", "clusterroles", false);
    public static readonly ResourceKind ClusterRoleBinding = new(Rbac, "v1", "ClusterRoleBinding", "clusterrolebindings", false);
    public static readonly ResourceKind EndpointSlice = new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true);
    public static readonly ResourceKind Deployment = new("apps", "v1", "Deployment", "deployments", true);

    public static readonly ResourceKind PodDisruptionBudget = new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true);

    // v1beta1 is served by every Istio from 1.5 on; v1 only since 1.22.
    public static readonly ResourceKind ServiceEntry = new(Networking, "v1beta1", "ServiceEntry", "serviceentries", true);
    public static readonly ResourceKind DestinationRule = new(Networking, "v1beta1", "DestinationRule", "destinationrules", true);
    public static readonly ResourceKind Gateway = new(Networking, "v1beta1", "Gateway", "gateways", true);
    public static readonly ResourceKind EnvoyFilter = new(Networking, "v1alpha3", "EnvoyFilter", "envoyfilters", true);
    public static readonly ResourceKind ProxyConfig = new(Networking, "v1beta1", "ProxyConfig", "proxyconfigs", true);

    // Kubernetes' multi-cluster API (KEP-1645): v1beta1 where it is served, else v1alpha1, whose fields are the same.
    public static readonly ResourceKind ServiceExport = new("multicluster.x-k8s.io", "v1beta1", "ServiceExport", "serviceexports", true);

    public static readonly ResourceKind MutatingWebhookConfiguration =
        new(Admission, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false);

    public static readonly ResourceKind ValidatingWebhookConfiguration =
        new(Admission, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path below the server's address, without a leading slash: of a list, or with a name of one object.</summary>
    public string Path(string? ns, string? name)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        var scope = Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        return name is null ? $"{root}{scope}/{Plural}" : $"{root}{scope}/{Plural}/{Uri.EscapeDataString(name)}";
    }

    public override string ToString() => Kind;
}

/// <summary>Reading of the fields that every Kubernetes object has, on raw JSON; what is absent reads as null or empty.</summary>
public static class ObjectMetadata
{
    public static string Name(this JsonObject obj) => Text(obj, "name") ?? "";

    public static string? NamespaceName(this JsonObject obj) => Text(obj, "namespace");

    public static string? Uid(this JsonObject obj) => Text(obj, "uid");

    public static string? ResourceVersion(this JsonObject obj) => Text(obj, "resourceVersion");

    public static bool IsTerminating(this JsonObject obj) => Text(obj, "deletionTimestamp") is not null;

    public static string? Label(this JsonObject obj, string key) => Entry(obj, "labels", key);

    public static string? Annotation(this JsonObject obj, string key) => Entry(obj, "annotations", key);

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject obj) => Strings(Metadata(obj)?["labels"] as JsonObject);

    /// <summary>The string values of a map such as labels, a selector or a ConfigMap's data; others are left out.</summary>
    public static IReadOnlyDictionary<string, string> Strings(JsonObject? map)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in map ?? [])
        {
            if (TextOf(value) is { } text)
                result[key] = text;
        }

        return result;
    }

    /// <summary>The string that a node holds, or null where it holds anything else.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject? Metadata(JsonObject obj) => obj["metadata"] as JsonObject;

    private static string? Text(JsonObject obj, string field) => TextOf(Metadata(obj)?[field]);

    private static string? Entry(JsonObject obj, string map, string key) => TextOf((Metadata(obj)?[map] as JsonObject)?[key]);
}
