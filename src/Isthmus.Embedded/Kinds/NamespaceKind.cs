using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class NamespaceKind : BuiltInKind
{
    public NamespaceKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.Of("Status", obj => obj.Text("status", "phase")), Column.Age])
    {
        AnswersDeletedObject = true;
        NameRule = NameRules.Label;
    }

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal) { ["status.phase"] = obj => obj.Text("status", "phase") };

    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
        obj["status"] = new JsonObject { ["phase"] = "Active" };
        var spec = obj.Ensure("spec");
        if (!spec.Texts("finalizers").Contains("kubernetes", StringComparer.Ordinal))
            spec["finalizers"] = new JsonArray([.. spec.Items("finalizers").Select(item => item?.DeepClone()), "kubernetes"]);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        base.PrepareForUpdate(obj, old, subresource, services);
        // Finalizers go only by the finalize subresource.
        if (subresource is null && old.Object("spec") is { } oldSpec)
            obj.Ensure("spec").CopyFrom(oldSpec, "finalizers");
        else if (subresource == "finalize")
            obj.CopyFrom(old, "status");
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        foreach (var error in base.ValidateUpdate(obj, old, subresource))
            yield return error;
        if (subresource != "status")
            yield break;
        var phase = obj.Text("status", "phase");
        var expected = obj.Text("metadata", "deletionTimestamp").Length == 0 ? "Active" : "Terminating";
        if (phase != expected)
            yield return FieldErrors.Invalid("status.Phase", phase, expected == "Active"
                ? "may only be 'Active' if `deletionTimestamp` is empty"
                : "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }

    /// <summary>Every namespace carries its own name as a label, so that selectors can name it.</summary>
    protected override void DefaultMore(JsonObject obj)
    {
        if (obj.Text("metadata", "name") is { Length: > 0 } name)
            obj.Ensure("metadata").Ensure("labels")["kubernetes.io/metadata.name"] = name;
    }
}
