using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class DeploymentKind : BuiltInKind
{
    public DeploymentKind(ResourceDefinition resource)
        : base(resource,
        [
            Column.Name,
            Column.Of("Ready", obj => string.Create(CultureInfo.InvariantCulture, $"{obj.Number("status", "readyReplicas") ?? 0}/{obj.Number("spec", "replicas") ?? 0}")),
            Column.Of("Up-to-date", obj => obj.Number("status", "updatedReplicas") ?? 0),
            Column.Of("Available", obj => obj.Number("status", "availableReplicas") ?? 0),
            Column.Age,
            .. Workload.Columns,
        ]) => GenerationFields = ["spec", "metadata.annotations"];

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        // Kubernetes keeps the labels too when the status is written.
        if (subresource == "status")
            obj.Ensure("metadata").CopyFrom(old.Object("metadata"), "labels");
        base.PrepareForUpdate(obj, old, subresource, services);
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj).Concat(Workload.Validate(obj, "deployment")))
            yield return error;
        foreach (var error in Strategy(obj))
            yield return error;
        if (obj.Number("spec", "minReadySeconds") is < 0)
            yield return FieldErrors.Invalid("spec.minReadySeconds", obj.Number("spec", "minReadySeconds"), "must be greater than or equal to 0");
        if (obj.Number("spec", "revisionHistoryLimit") is < 0)
            yield return FieldErrors.Invalid("spec.revisionHistoryLimit", obj.Number("spec", "revisionHistoryLimit"), "must be greater than or equal to 0");
        var deadline = obj.Number("spec", "progressDeadlineSeconds");
        if (deadline is < 0)
            yield return FieldErrors.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than or equal to 0");
        if (deadline <= (obj.Number("spec", "minReadySeconds") ?? 0))
            yield return FieldErrors.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) =>
        base.ValidateUpdate(obj, old, subresource).Concat(Workload.SelectorUnchanged(obj, old));

    protected override void DefaultMore(JsonObject obj)
    {
        Workload.Default(obj);
        if (obj.Object("spec", "strategy") is not { } strategy || strategy.Text("type") != "RollingUpdate")
            return;
        var rolling = strategy.Ensure("rollingUpdate");
        rolling.SetIfAbsent("maxUnavailable", "25%");
        rolling.SetIfAbsent("maxSurge", "25%");
    }

    private static IEnumerable<FieldError> Strategy(JsonObject obj)
    {
        const string Path = "spec.strategy";
        var strategy = obj.Object("spec", "strategy") ?? [];
        switch (strategy.Text("type"))
        {
            case "Recreate" when strategy.Has("rollingUpdate"):
                yield return FieldErrors.Forbidden($"{Path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                foreach (var field in new[] { "maxUnavailable", "maxSurge" })
                    if (Amount(strategy.At("rollingUpdate", field)) is { } problem)
                        yield return FieldErrors.Invalid($"{Path}.rollingUpdate.{field}", strategy.At("rollingUpdate", field)?.DeepClone(), problem);
                if (IsZero(strategy.At("rollingUpdate", "maxUnavailable")) && IsZero(strategy.At("rollingUpdate", "maxSurge")))
                    yield return FieldErrors.Invalid($"{Path}.rollingUpdate.maxUnavailable",
                        strategy.At("rollingUpdate", "maxUnavailable")?.DeepClone(), "may not be 0 when `maxSurge` is 0");
                break;
            case "Recreate":
                break;
            case var other:
                yield return FieldErrors.NotSupported($"{Path}.type", other, "Recreate", "RollingUpdate");
                break;
        }
    }

    private static string? Amount(JsonNode? value)
    {
        if (value?.GetValueKind() == JsonValueKind.String)
            return value.AsText() is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9', .., '%']
                ? null
                : "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
        return value.AsInteger() is < 0 ? "must be greater than or equal to 0" : null;
    }

    private static bool IsZero(JsonNode? value) => value.AsInteger() == 0 || value.AsText() == "0%";
}

internal sealed class ReplicaSetKind : BuiltInKind
{
    public ReplicaSetKind(ResourceDefinition resource)
        : base(resource,
        [
            Column.Name,
            Column.Of("Desired", obj => obj.Number("spec", "replicas") ?? 0, "integer"),
            Column.Of("Current", obj => obj.Number("status", "replicas") ?? 0, "integer"),
            Column.Of("Ready", obj => obj.Number("status", "readyReplicas") ?? 0, "integer"),
            Column.Age,
            .. Workload.Columns,
        ]) => GenerationFields = ["spec"];

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal)
        {
            ["status.replicas"] = obj => (obj.Number("status", "replicas") ?? 0).ToString(CultureInfo.InvariantCulture),
        };

    public override IEnumerable<FieldError> Validate(JsonObject obj) => base.Validate(obj).Concat(Workload.Validate(obj, "replicaset"));

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) =>
        base.ValidateUpdate(obj, old, subresource).Concat(Workload.SelectorUnchanged(obj, old));

    protected override void DefaultMore(JsonObject obj) => Workload.Default(obj);
}

/// <summary>What Deployments and ReplicaSets have in common: a pod template and the selector that must match it.</summary>
internal static class Workload
{
    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Wide("Containers", obj => string.Join(",", Containers(obj).Select(container => container.Text("name")))),
        Column.Wide("Images", obj => string.Join(",", Containers(obj).Select(container => container.Text("image")))),
        Column.Wide("Selector", obj => SelectorText(obj.Object("spec", "selector"))),
    ];

    public static void Default(JsonObject obj)
    {
        if (obj.Object("spec", "template", "spec") is { } podSpec)
            PodDefaults.Spec(podSpec);
    }

    public static IEnumerable<FieldError> Validate(JsonObject obj, string what)
    {
        if (obj.Number("spec", "replicas") is < 0)
            yield return FieldErrors.Invalid("spec.replicas", obj.Number("spec", "replicas"), "must be greater than or equal to 0");
        var selector = obj.Object("spec", "selector");
        if (selector is null)
            yield return FieldErrors.Required("spec.selector");
        else
        {
            foreach (var error in SelectorRules.Validate(selector, "spec.selector"))
                yield return error;
            if (selector.Count == 0)
                yield return FieldErrors.InvalidRaw("spec.selector", SelectorValue(selector), $"empty selector is invalid for {what}");
        }

        const string Template = "spec.template";
        var template = obj.Object("spec", "template") ?? [];
        var labels = template.Strings("metadata", "labels");
        if (selector is not { Count: 0 } && !SelectorRules.Matches(selector, labels))
            yield return FieldErrors.InvalidRaw($"{Template}.metadata.labels", GoValue.FormatMap(labels), "`selector` does not match template `labels`");
        foreach (var error in ObjectMetaRules.Labels(labels, $"{Template}.metadata.labels")
            .Concat(ObjectMetaRules.Annotations(template.Strings("metadata", "annotations"), $"{Template}.metadata.annotations"))
            .Concat(PodValidation.Spec(template.Object("spec") ?? [], $"{Template}.spec")))
            yield return error;
        if (template.Text("spec", "restartPolicy") is not "Always" and var policy)
            yield return FieldErrors.NotSupported($"{Template}.spec.restartPolicy", policy, "Always");
        if (template.At("spec", "activeDeadlineSeconds") is not null)
            yield return FieldErrors.Forbidden($"{Template}.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported");
    }

    public static IEnumerable<FieldError> SelectorUnchanged(JsonObject obj, JsonObject old)
    {
        if (!JsonNode.DeepEquals(obj.At("spec", "selector"), old.At("spec", "selector")))
            yield return FieldErrors.InvalidRaw("spec.selector", SelectorValue(obj.Object("spec", "selector")), "field is immutable");
    }

    private static IEnumerable<JsonObject> Containers(JsonObject obj) => obj.Objects("spec", "template", "spec", "containers");

    private static string SelectorValue(JsonObject? selector) =>
        $"v1.LabelSelector{{MatchLabels:{GoValue.FormatMap(selector.Strings("matchLabels"))}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}}";

    private static string SelectorText(JsonObject? selector)
    {
        var parts = selector.Strings("matchLabels").OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}")
            .Concat(selector.Objects("matchExpressions").Select(requirement => (requirement.Text("key"), requirement.Text("operator"), string.Join(",", requirement.Texts("values"))) switch
            {
                (var key, "In", var values) => $"{key} in ({values})",
                (var key, "NotIn", var values) => $"{key} notin ({values})",
                (var key, "Exists", _) => key,
                (var key, _, _) => $"!{key}",
            })).ToArray();
        return parts.Length == 0 ? "<none>" : string.Join(",", parts);
    }
}
