using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class PodKind : BuiltInKind
{
    public PodKind(ResourceDefinition resource)
        : base(resource, PodTable.Columns) => AnswersDeletedObject = true;

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal)
        {
            ["spec.nodeName"] = obj => obj.Text("spec", "nodeName"),
            ["spec.restartPolicy"] = obj => obj.Text("spec", "restartPolicy"),
            ["spec.schedulerName"] = obj => obj.Text("spec", "schedulerName"),
            ["spec.serviceAccountName"] = obj => obj.Text("spec", "serviceAccountName"),
            ["spec.hostNetwork"] = obj => obj.Flag("spec", "hostNetwork") ? "true" : "false",
            ["status.phase"] = obj => obj.Text("status", "phase"),
            ["status.podIP"] = obj => obj.Text("status", "podIP"),
            ["status.nominatedNodeName"] = obj => obj.Text("status", "nominatedNodeName"),
        };

    public override void PrepareForCreate(JsonObject obj, KindServices services) =>
        obj["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodDefaults.QosClass(obj.Object("spec") ?? []) };

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        if (subresource == "status")
            obj.Ensure("metadata").CopyFrom(old.Object("metadata"), "ownerReferences");
        base.PrepareForUpdate(obj, old, subresource, services);
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj) =>
        base.Validate(obj).Concat(PodValidation.Spec(obj.Object("spec") ?? [], "spec"));

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        var errors = base.ValidateUpdate(obj, old, subresource);
        return subresource is null ? errors.Concat(PodValidation.Update(obj.Object("spec") ?? [], old.Object("spec") ?? [])) : errors;
    }

    protected override void DefaultMore(JsonObject obj)
    {
        if (obj.Object("spec") is { } spec)
            PodDefaults.Pod(spec);
        // One address is written in both fields, whichever a client sets.
        if (obj.Object("status") is not { } status)
            return;
        if (status.Text("podIP") is { Length: > 0 } ip && status.Objects("podIPs").FirstOrDefault().Text("ip") != ip)
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip });
        else if (status.Text("podIP").Length == 0 && status.Objects("podIPs").FirstOrDefault() is { } first)
            status["podIP"] = first.Text("ip");
    }
}
