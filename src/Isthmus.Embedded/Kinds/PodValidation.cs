using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Kubernetes' checks of a PodSpec, in its order; containers and volumes have files of their own.</summary>
internal static class PodValidation
{
    private const string UpdateRule =
        "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, " +
        "`spec.tolerations` (only additions to existing tolerations) or `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static IEnumerable<FieldError> Spec(JsonObject spec, string path)
    {
        foreach (var error in VolumeValidation.All(spec, $"{path}.volumes").Concat(ContainerValidation.All(spec, path)).Concat(Policies(spec, path)))
            yield return error;
        foreach (var error in ObjectMetaRules.Labels(spec.Strings("nodeSelector"), $"{path}.nodeSelector").Concat(Names(spec, path)))
            yield return error;
        if (spec.Number("activeDeadlineSeconds") is < 1 or > int.MaxValue)
            yield return FieldErrors.Invalid($"{path}.activeDeadlineSeconds", spec.Number("activeDeadlineSeconds"), $"must be between 1 and {int.MaxValue}, inclusive");
        foreach (var error in Tolerations(spec, $"{path}.tolerations").Concat(HostAliases(spec, $"{path}.hostAliases")))
            yield return error;
    }

    public static IEnumerable<FieldError> Update(JsonObject spec, JsonObject old)
    {
        foreach (var list in new[] { "containers", "initContainers" })
        {
            if (spec.Items(list).Count() != old.Items(list).Count())
            {
                yield return FieldErrors.Forbidden($"spec.{list}", "pod updates may not add or remove containers");
                yield break;
            }
        }

        if (!JsonNode.DeepEquals(WithoutChangeable(spec, old), WithoutChangeable(old, old)))
            yield return FieldErrors.Forbidden("spec", UpdateRule);
        if (old.Number("activeDeadlineSeconds") is { } before && !(spec.Number("activeDeadlineSeconds") <= before))
            yield return FieldErrors.Invalid("spec.activeDeadlineSeconds", spec.Number("activeDeadlineSeconds") ?? 0,
                spec.Number("activeDeadlineSeconds") is null ? "must not update from a positive integer to nil value" : "must be less than or equal to previous value");
    }

    private static JsonObject WithoutChangeable(JsonObject spec, JsonObject old)
    {
        var copy = (JsonObject)spec.DeepClone();
        foreach (var container in copy.Objects("containers").Concat(copy.Objects("initContainers")))
            container.Remove("image");
        copy.Remove("activeDeadlineSeconds");
        var existing = old.Items("tolerations").ToArray();
        if (existing.All(toleration => spec.Items("tolerations").Any(item => SameToleration(item, toleration))))
            copy.Remove("tolerations");
        if (old.Number("terminationGracePeriodSeconds") < 0 && spec.Number("terminationGracePeriodSeconds") is 1 or < 0)
            copy.Remove("terminationGracePeriodSeconds");
        return copy;
    }

    /// <summary>The time that a toleration lasts may be shortened or lengthened.</summary>
    private static bool SameToleration(JsonNode? a, JsonNode? b) =>
        new[] { "key", "operator", "value", "effect" }.All(field => a.Text(field) == b.Text(field));

    private static IEnumerable<FieldError> Policies(JsonObject spec, string path)
    {
        foreach (var error in Enumerated(spec, path, "restartPolicy", "Always", "OnFailure", "Never")
            .Concat(Enumerated(spec, path, "dnsPolicy", "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")))
            yield return error;
        if (spec.Text("dnsPolicy") == "None" && !spec.Items("dnsConfig", "nameservers").Any())
            yield return FieldErrors.Required($"{path}.dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None");
    }

    private static IEnumerable<FieldError> Enumerated(JsonObject spec, string path, string field, params string[] supported)
    {
        var value = spec.Text(field);
        if (value.Length == 0)
            yield return FieldErrors.Required($"{path}.{field}");
        else if (!supported.Contains(value, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.{field}", value, supported);
    }

    private static IEnumerable<FieldError> Names(JsonObject spec, string path)
    {
        foreach (var (secret, i) in spec.Objects("imagePullSecrets").Select((secret, i) => (secret, i)))
            if (secret.Text("name").Length == 0)
                yield return FieldErrors.Required($"{path}.imagePullSecrets[{i}].name");
        foreach (var (field, rule) in new (string, Func<string, IEnumerable<string>>)[]
        {
            ("serviceAccountName", NameRules.Subdomain), ("nodeName", NameRules.Subdomain),
            ("hostname", NameRules.Label), ("subdomain", NameRules.Label), ("priorityClassName", NameRules.Subdomain), ("runtimeClassName", NameRules.Subdomain),
        })
            if (spec.Text(field) is { Length: > 0 } name)
                foreach (var problem in rule(name))
                    yield return FieldErrors.Invalid($"{path}.{field}", name, problem);
    }

    private static IEnumerable<FieldError> Tolerations(JsonObject spec, string path)
    {
        foreach (var (toleration, i) in spec.Objects("tolerations").Select((toleration, i) => (toleration, i)))
        {
            var field = $"{path}[{i}]";
            var (key, op) = (toleration.Text("key"), toleration.Text("operator"));
            if (key.Length > 0)
                foreach (var problem in NameRules.QualifiedName(key))
                    yield return FieldErrors.Invalid($"{field}.key", key, problem);
            else if (op != "Exists")
                yield return FieldErrors.Invalid($"{field}.operator", op, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            if (toleration.Has("tolerationSeconds") && toleration.Text("effect") != "NoExecute")
                yield return FieldErrors.Invalid($"{field}.effect", toleration.Text("effect"), "effect must be 'NoExecute' when `tolerationSeconds` is set");
            if (op is "" or "Equal")
                foreach (var problem in NameRules.LabelValue(toleration.Text("value")))
                    yield return FieldErrors.Invalid($"{field}.operator", toleration.Text("value"), problem);
            else if (op != "Exists")
                yield return FieldErrors.NotSupported($"{field}.operator", op, "Equal", "Exists");
            else if (toleration.Text("value").Length > 0)
                yield return FieldErrors.Invalid($"{field}.operator", toleration["value"]?.DeepClone(), "value must be empty when `operator` is 'Exists'");
            if (toleration.Text("effect") is not ("" or "NoSchedule" or "PreferNoSchedule" or "NoExecute") and var effect)
                yield return FieldErrors.NotSupported($"{field}.effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }

    private static IEnumerable<FieldError> HostAliases(JsonObject spec, string path)
    {
        foreach (var (alias, i) in spec.Objects("hostAliases").Select((alias, i) => (alias, i)))
        {
            if (!System.Net.IPAddress.TryParse(alias.Text("ip"), out _))
                yield return FieldErrors.Invalid($"{path}[{i}].ip", alias.Text("ip"), "must be a valid IP address");
            foreach (var hostname in alias.Texts("hostnames"))
                foreach (var problem in NameRules.Subdomain(hostname))
                    yield return FieldErrors.Invalid($"{path}[{i}].hostnames", hostname, problem);
        }
    }
}
