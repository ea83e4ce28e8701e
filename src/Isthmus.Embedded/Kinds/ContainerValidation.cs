using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

internal static class ContainerValidation
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] TerminationPolicies = ["FallbackToLogsOnError", "File"];
    private static readonly string[] EnvSources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"];
    private static readonly string[] Handlers = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

    public static IEnumerable<FieldError> All(JsonObject spec, string path)
    {
        if (!spec.Items("containers").Any())
            yield return FieldErrors.Required($"{path}.containers");
        var volumes = spec.Objects("volumes").Select(volume => volume.Text("name")).ToHashSet(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in new[] { "containers", "initContainers" })
            foreach (var (container, i) in spec.Objects(list).Select((container, i) => (container, i)))
            {
                var field = $"{path}.{list}[{i}]";
                foreach (var error in Container(container, field, volumes).Concat(Probes(container, field, list == "initContainers" && container.Text("restartPolicy") != "Always")))
                    yield return error;
                if (container.Text("name") is { Length: > 0 } name && !names.Add(name))
                    yield return FieldErrors.Duplicate($"{field}.name", name);
            }
    }

    private static IEnumerable<FieldError> Container(JsonObject container, string path, HashSet<string> volumes)
    {
        var (name, image) = (container.Text("name"), container.Text("image"));
        if (name.Length == 0)
            yield return FieldErrors.Required($"{path}.name");
        else
            foreach (var problem in NameRules.Label(name))
                yield return FieldErrors.Invalid($"{path}.name", name, problem);
        if (image.Length == 0)
            yield return FieldErrors.Required($"{path}.image");
        else if (image.Trim().Length != image.Length)
            yield return FieldErrors.Invalid($"{path}.image", image, "must not have leading or trailing whitespace");
        if (container.Text("terminationMessagePolicy") is { Length: > 0 } termination && !TerminationPolicies.Contains(termination, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.terminationMessagePolicy", termination, TerminationPolicies);
        foreach (var error in Ports(container, $"{path}.ports").Concat(Environment(container, path)).Concat(Mounts(container, path, volumes)))
            yield return error;
        var pull = container.Text("imagePullPolicy");
        if (pull.Length == 0)
            yield return FieldErrors.Required($"{path}.imagePullPolicy");
        else if (!PullPolicies.Contains(pull, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.imagePullPolicy", pull, PullPolicies);
        foreach (var error in Resources(container.Object("resources") ?? [], $"{path}.resources"))
            yield return error;
        var security = container.Object("securityContext");
        if (security.Flag("privileged") && security.At("allowPrivilegeEscalation") is not null && !security.Flag("allowPrivilegeEscalation"))
            yield return FieldErrors.InvalidRaw($"{path}.securityContext", "core.SecurityContext{…}",
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }

    private static IEnumerable<FieldError> Ports(JsonObject container, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, i) in container.Objects("ports").Select((port, i) => (port, i)))
        {
            var field = $"{path}[{i}]";
            if (port.Text("name") is { Length: > 0 } name)
            {
                var problems = NameRules.PortName(name).ToArray();
                foreach (var problem in problems)
                    yield return FieldErrors.Invalid($"{field}.name", name, problem);
                if (problems.Length == 0 && !names.Add(name))
                    yield return FieldErrors.Duplicate($"{field}.name", name);
            }

            var number = port.Number("containerPort") ?? 0;
            if (number == 0)
                yield return FieldErrors.Required($"{field}.containerPort");
            else
                foreach (var problem in NameRules.Port(number))
                    yield return FieldErrors.Invalid($"{field}.containerPort", number, problem);
            if (port.Number("hostPort") is { } host and not 0)
                foreach (var problem in NameRules.Port(host))
                    yield return FieldErrors.Invalid($"{field}.hostPort", host, problem);
            foreach (var error in PortRules.Protocol(port, field))
                yield return error;
        }
    }

    private static IEnumerable<FieldError> Environment(JsonObject container, string path)
    {
        foreach (var (env, i) in container.Objects("env").Select((env, i) => (env, i)))
        {
            var field = $"{path}.env[{i}]";
            if (env.Text("name").Length == 0)
                yield return FieldErrors.Required($"{field}.name");
            else
                foreach (var problem in NameRules.EnvironmentName(env.Text("name")))
                    yield return FieldErrors.Invalid($"{field}.name", env.Text("name"), problem);
            if (env.Object("valueFrom") is { } source)
                foreach (var error in ValueFrom(source, env.Text("value"), $"{field}.valueFrom"))
                    yield return error;
        }

        foreach (var (source, i) in container.Objects("envFrom").Select((source, i) => (source, i)))
        {
            var kinds = new[] { "configMapRef", "secretRef" }.Where(kind => source.Has(kind)).ToArray();
            if (source.Text("prefix") is { Length: > 0 } prefix)
                foreach (var problem in NameRules.EnvironmentName(prefix))
                    yield return FieldErrors.Invalid($"{path}.envFrom[{i}].prefix", prefix, problem);
            foreach (var kind in kinds)
                if (source.Text(kind, "name").Length == 0)
                    yield return FieldErrors.Required($"{path}.envFrom[{i}].{kind}.name");
            if (kinds.Length != 1)
                yield return FieldErrors.Invalid($"{path}.envFrom", "",
                    kinds.Length == 0 ? "must specify one of: `configMapRef` or `secretRef`" : "may not have more than one field specified at a time");
        }
    }

    private static IEnumerable<FieldError> ValueFrom(JsonObject source, string value, string path)
    {
        var given = EnvSources.Where(kind => source.Has(kind)).ToArray();
        foreach (var kind in given)
        {
            string[] required = kind switch { "fieldRef" => ["apiVersion", "fieldPath"], "resourceFieldRef" => ["resource"], _ => ["name", "key"] };
            foreach (var field in required)
                if (source.Text(kind, field).Length == 0)
                    yield return FieldErrors.Required($"{path}.{kind}.{field}");
            if (kind is "configMapKeyRef" or "secretKeyRef" && source.Text(kind, "key") is { Length: > 0 } key)
                foreach (var problem in NameRules.ConfigKey(key))
                    yield return FieldErrors.Invalid($"{path}.{kind}.key", key, problem);
        }

        if (given.Length == 0)
            yield return FieldErrors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        else if (value.Length > 0)
            yield return FieldErrors.Invalid(path, "", "may not be specified when `value` is not empty");
        else if (given.Length > 1)
            yield return FieldErrors.Invalid(path, "", "may not have more than one field specified at a time");
    }

    private static IEnumerable<FieldError> Mounts(JsonObject container, string path, HashSet<string> volumes)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (mount, i) in container.Objects("volumeMounts").Select((mount, i) => (mount, i)))
        {
            var field = $"{path}.volumeMounts[{i}]";
            if (mount.Text("name").Length == 0)
                yield return FieldErrors.Required($"{field}.name");
            if (mount.Text("mountPath").Length == 0)
                yield return FieldErrors.Required($"{field}.mountPath");
            if (mount.Text("name") is { Length: > 0 } name && !volumes.Contains(name))
                yield return FieldErrors.NotFound($"{field}.name", name);
            if (!paths.Add(mount.Text("mountPath")))
                yield return FieldErrors.Invalid($"{field}.mountPath", mount.Text("mountPath"), "must be unique");
            if (mount.Text("subPath").StartsWith('/'))
                yield return FieldErrors.Invalid($"{field}.subPath", mount.Text("subPath"), "must be a relative path");
        }
    }

    private static IEnumerable<FieldError> Resources(JsonObject resources, string path)
    {
        foreach (var list in new[] { "limits", "requests" })
            foreach (var (name, amount) in resources.Object(list) ?? [])
            {
                foreach (var problem in NameRules.QualifiedName(name))
                    yield return FieldErrors.Invalid($"{path}.{list}[{name}]", name, problem);
                if (PodDefaults.Amount(amount) < 0)
                    yield return FieldErrors.Invalid($"{path}.{list}[{name}]", amount?.DeepClone(), "must be greater than or equal to 0");
                if (list == "requests" && resources.At("limits", name) is { } limit && PodDefaults.Amount(amount) > PodDefaults.Amount(limit))
                    yield return FieldErrors.Invalid($"{path}.requests", amount?.DeepClone(), $"must be less than or equal to {name} limit");
            }
    }

    private static IEnumerable<FieldError> Probes(JsonObject container, string path, bool isPlainInit)
    {
        foreach (var hook in new[] { "postStart", "preStop" })
            if (container.Object("lifecycle", hook) is { } handler)
                foreach (var error in Handler(handler, $"{path}.lifecycle.{hook}"))
                    yield return error;
        foreach (var kind in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container.Object(kind) is not { } probe)
                continue;
            var field = $"{path}.{kind}";
            if (isPlainInit)
            {
                yield return FieldErrors.Forbidden(field, "may not be set for init containers without restartPolicy=Always");
                continue;
            }

            foreach (var error in Handler(probe, field))
                yield return error;
            foreach (var number in new[] { "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold" })
                if (probe.Number(number) is < 0)
                    yield return FieldErrors.Invalid($"{field}.{number}", probe.Number(number), "must be greater than or equal to 0");
            if (kind != "readinessProbe" && probe.Number("successThreshold") is not (null or 1))
                yield return FieldErrors.Invalid($"{field}.successThreshold", probe.Number("successThreshold"), "must be 1");
        }
    }

    private static IEnumerable<FieldError> Handler(JsonObject handler, string path)
    {
        var given = Handlers.Where(kind => handler.Has(kind)).ToArray();
        if (given.Length == 0)
            yield return FieldErrors.Required(path, "must specify a handler type");
        foreach (var (kind, i) in given.Select((kind, i) => (kind, i)))
        {
            var field = $"{path}.{kind}";
            if (i > 0)
                yield return FieldErrors.Forbidden(field, "may not specify more than 1 handler type");
            else if (kind == "exec" && !handler.Items("exec", "command").Any())
                yield return FieldErrors.Required($"{field}.command");
            else if (kind == "httpGet")
            {
                if (handler.Text(kind, "path").Length == 0)
                    yield return FieldErrors.Required($"{field}.path");
                foreach (var error in PortRules.NumberOrName(handler.At(kind, "port"), $"{field}.port"))
                    yield return error;
                if (handler.Text(kind, "scheme") is not ("HTTP" or "HTTPS") and var scheme)
                    yield return FieldErrors.NotSupported($"{field}.scheme", scheme, "HTTP", "HTTPS");
            }
            else if (kind is "tcpSocket" or "grpc")
                foreach (var error in PortRules.NumberOrName(handler.At(kind, "port"), $"{field}.port"))
                    yield return error;
        }
    }
}
