using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Apply;

/// <summary>
/// The merge rules of the built-in kinds by path, as their OpenAPI marks them (<c>x-kubernetes-list-type</c>,
/// <c>-list-map-keys</c>, <c>-map-type</c>). A pod template follows the rules of a Pod.
/// </summary>
internal sealed class BuiltInFieldType : FieldType
{
    private const string Template = "/spec/template";

    private static readonly Dictionary<string, string[]> MapLists = new(StringComparer.Ordinal)
    {
        ["*/metadata/ownerReferences"] = ["uid"],
        ["Pod/spec/containers"] = ["name"],
        ["Pod/spec/initContainers"] = ["name"],
        ["Pod/spec/ephemeralContainers"] = ["name"],
        ["container/ports"] = ["containerPort", "protocol"],
        ["container/env"] = ["name"],
        ["container/volumeMounts"] = ["mountPath"],
        ["container/volumeDevices"] = ["devicePath"],
        ["container/resources/claims"] = ["name"],
        ["Pod/spec/volumes"] = ["name"],
        ["Pod/spec/imagePullSecrets"] = ["name"],
        ["Pod/spec/hostAliases"] = ["ip"],
        ["Pod/spec/schedulingGates"] = ["name"],
        ["Pod/spec/resourceClaims"] = ["name"],
        ["Pod/spec/topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
        ["Pod/status/podIPs"] = ["ip"],
        ["Service/spec/ports"] = ["port", "protocol"],
        ["ServiceAccount/secrets"] = ["name"],
        ["Node/status/addresses"] = ["type"],
        ["*/status/conditions"] = ["type"],
        ["MutatingWebhookConfiguration/webhooks"] = ["name"],
        ["ValidatingWebhookConfiguration/webhooks"] = ["name"],
    };

    private static readonly HashSet<string> Sets = ["*/metadata/finalizers", "Node/spec/podCIDRs"];

    private static readonly HashSet<string> Atomics =
    [
        "Service/spec/selector", "Pod/spec/nodeSelector", "Deployment/spec/selector", "ReplicaSet/spec/selector",
        "RoleBinding/roleRef", "ClusterRoleBinding/roleRef", "Event/involvedObject", "Event/related",
        "MutatingWebhookConfiguration/webhooks/namespaceSelector", "MutatingWebhookConfiguration/webhooks/objectSelector",
        "ValidatingWebhookConfiguration/webhooks/namespaceSelector", "ValidatingWebhookConfiguration/webhooks/objectSelector",
        "container/env/valueFrom/configMapKeyRef", "container/env/valueFrom/secretKeyRef",
        "container/env/valueFrom/fieldRef", "container/env/valueFrom/resourceFieldRef",
        "Pod/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution",
        "Pod/spec/topologySpreadConstraints/labelSelector",
    ];

    private readonly string _kind;
    private readonly string _path;

    public BuiltInFieldType(string kind, string path = "")
    {
        var isTemplate = kind is "Deployment" or "ReplicaSet" && (path == Template || path.StartsWith(Template + "/", StringComparison.Ordinal));
        _kind = isTemplate ? "Pod" : kind;
        _path = isTemplate ? path[Template.Length..] : path;
    }

    public override bool IsAtomic => Names().Any(Atomics.Contains);

    public override ListType List => KeysOf() is not null ? ListType.Map : Names().Any(Sets.Contains) ? ListType.Set : ListType.Atomic;

    public override IReadOnlyList<string> Keys => KeysOf() ?? [];

    public override FieldType Item => this;

    public override FieldType Field(string name) => new BuiltInFieldType(_kind, $"{_path}/{name}");

    // The only maps are those of strings, whose entries are leaves: there the difference does not show.
    public override bool Declares(string name) => true;

    public override JsonNode? KeyDefault(string key) => key == "protocol" ? "TCP" : null;

    private string[]? KeysOf() => Names().Select(n => MapLists.GetValueOrDefault(n)).FirstOrDefault(k => k is not null);

    private IEnumerable<string> Names()
    {
        yield return _kind + _path;
        yield return "*" + _path;
        foreach (var list in (string[])["/spec/containers", "/spec/initContainers", "/spec/ephemeralContainers"])
        {
            if (_kind == "Pod" && _path.StartsWith(list + "/", StringComparison.Ordinal))
            {
                yield return "container" + _path[list.Length..];
            }
        }
    }
}
