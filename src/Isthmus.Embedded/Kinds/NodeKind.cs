using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class NodeKind(ResourceDefinition resource) : BuiltInKind(resource,
[
    Column.Name,
    Column.Of("Status", Status),
    Column.Of("Roles", Roles),
    Column.Age,
    Column.Of("Version", obj => obj.Text("status", "nodeInfo", "kubeletVersion")),
    Column.Wide("Internal-IP", obj => Address(obj, "InternalIP")),
    Column.Wide("External-IP", obj => Address(obj, "ExternalIP")),
    Column.Wide("OS-Image", obj => OrUnknown(obj.Text("status", "nodeInfo", "osImage"))),
    Column.Wide("Kernel-Version", obj => OrUnknown(obj.Text("status", "nodeInfo", "kernelVersion"))),
    Column.Wide("Container-Runtime", obj => OrUnknown(obj.Text("status", "nodeInfo", "containerRuntimeVersion"))),
])
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal)
        {
            ["spec.unschedulable"] = obj => obj.Flag("spec", "unschedulable") ? "true" : "false",
        };

    /// <summary>Nodes may be created with their status: kubelets register so.</summary>
    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
    }

    protected override void DefaultMore(JsonObject obj)
    {
        if (obj.Object("status") is { } status && status.Object("capacity") is { } capacity)
            status.SetIfAbsent("allocatable", capacity.DeepClone());
    }

    private static JsonNode Status(JsonObject obj)
    {
        var ready = obj.Objects("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        var text = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return obj.Flag("spec", "unschedulable") ? $"{text},SchedulingDisabled" : text;
    }

    private static JsonNode Roles(JsonObject obj)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in obj.Strings("metadata", "labels"))
            if (key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
                roles.Add(key[RolePrefix.Length..]);
            else if (key == RoleLabel && value.Length > 0)
                roles.Add(value);
        return roles.Count == 0 ? "<none>" : string.Join(",", roles);
    }

    private static JsonNode Address(JsonObject obj, string type) =>
        obj.Objects("status", "addresses").FirstOrDefault(address => address.Text("type") == type)?.Text("address") ?? "<none>";

    private static JsonNode OrUnknown(string text) => text.Length == 0 ? "<unknown>" : text;
}
