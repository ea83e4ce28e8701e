namespace Isthmus.Core.Json;

/// <summary>What is known of a Kubernetes struct: its fields in the order of the Go struct, and how strategic merge treats them.</summary>
public sealed class MergeSchema
{
    private static readonly Dictionary<string, MergeSchema> Types = MergeSchemaText.Read("kubernetes.types");

    private readonly Dictionary<string, MergeField> _byJson = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MergeField> _byGo = new(StringComparer.Ordinal);
    private readonly List<MergeField> _fields = [];

    internal MergeSchema(string name, bool isOpen) => (Name, IsOpen) = (name, isOpen);

    /// <summary>Name of the Go struct.</summary>
    public string Name { get; }

    /// <summary>Whether only the fields that matter to merging are listed.</summary>
    public bool IsOpen { get; }

    /// <summary>The fields in the order in which Go writes them.</summary>
    public IReadOnlyList<MergeField> Fields => _fields;

    /// <summary>The schema of a built-in kind; null for kinds that have no strategic merge, such as custom resources.</summary>
    public static MergeSchema? ForKind(string apiVersion, string kind) => (apiVersion, kind) switch
    {
        ("v1", "Pod" or "PodTemplate" or "Service" or "ServiceAccount" or "Node" or "Namespace") => Struct(kind),
        ("v1", "ConfigMap" or "Secret" or "Endpoints" or "Event" or "LimitRange" or "ResourceQuota" or "PersistentVolume" or "PersistentVolumeClaim") => Struct("Meta"),
        ("v1", "ReplicationController") => Struct("Workload"),
        ("apps/v1", "Deployment") => Struct("Deployment"),
        ("apps/v1", "DaemonSet" or "StatefulSet" or "ReplicaSet") or ("batch/v1", "Job") => Struct("Workload"),
        ("batch/v1", "CronJob") => Struct("CronJob"),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration" or "ValidatingWebhookConfiguration") => Struct("WebhookConfiguration"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => Struct("Meta"),
        _ when IsBuiltInGroup(apiVersion) => Struct("Meta"),
        _ => null,
    };

    /// <summary>The schema of a struct such as <c>PodSpec</c> or <c>Container</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static MergeSchema Struct(string name) => Types[name];

    /// <summary>The field of a JSON name; null where it is unknown.</summary>
    public MergeField? Field(string json) => _byJson.GetValueOrDefault(json);

    /// <summary>The field of a Go name; null where it is unknown.</summary>
    public MergeField? GoField(string go) => _byGo.GetValueOrDefault(go);

    internal void Add(MergeField field)
    {
        _fields.Add(field);
        _byJson.Add(field.Json, field);
        _byGo.Add(field.Go, field);
    }

    private static bool IsBuiltInGroup(string apiVersion) => apiVersion.Split('/')[0]
        is "v1" or "apps" or "batch" or "autoscaling" or "policy" or "discovery.k8s.io" or "rbac.authorization.k8s.io" or "networking.k8s.io"
        or "storage.k8s.io" or "coordination.k8s.io" or "events.k8s.io" or "scheduling.k8s.io" or "admissionregistration.k8s.io";
}
