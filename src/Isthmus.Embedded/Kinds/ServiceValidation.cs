using System.Net;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

internal static class ServiceValidation
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

    public static IEnumerable<FieldError> Spec(JsonObject spec)
    {
        var type = spec.Text("type");
        var headless = spec.Text("clusterIP") == "None";
        var ports = spec.Objects("ports").ToArray();
        if (ports.Length == 0 && !headless && type != "ExternalName")
            yield return FieldErrors.Required("spec.ports");
        foreach (var error in ByType(spec, type, headless))
            yield return error;
        for (var i = 0; i < ports.Length; i++)
            foreach (var error in Port(ports[i], $"spec.ports[{i}]", ports.Length > 1, headless))
                yield return error;
        foreach (var error in ObjectMetaRules.Labels(spec.Strings("selector"), "spec.selector").Concat(Affinity(spec)).Concat(Addresses(spec)))
            yield return error;
        if (type.Length == 0)
            yield return FieldErrors.Required("spec.type");
        else if (!Types.Contains(type, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported("spec.type", type, Types);
        foreach (var error in Duplicates(ports).Concat(TrafficPolicies(spec, type)))
            yield return error;
    }

    public static IEnumerable<FieldError> Update(JsonObject spec, JsonObject old)
    {
        if (spec.Text("type") == "ExternalName" || old.Text("type") == "ExternalName")
            yield break;
        var (now, before) = (spec.Texts("clusterIPs").ToArray(), old.Texts("clusterIPs").ToArray());
        if (now.Length > 0 && before.Length > 0 && now[0] != before[0])
            yield return FieldErrors.Invalid("spec.clusterIPs[0]", spec["clusterIPs"], "may not change once set");
    }

    private static IEnumerable<FieldError> ByType(JsonObject spec, string type, bool headless)
    {
        switch (type)
        {
            case "LoadBalancer" or "NodePort" when headless:
                yield return FieldErrors.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services");
                break;
            case "ExternalName":
                if (spec.Items("clusterIPs").Any() || spec.Text("clusterIP").Length > 0)
                    yield return FieldErrors.Forbidden("spec.clusterIPs", "may not be set for ExternalName services");
                foreach (var field in new[] { "ipFamilies", "ipFamilyPolicy" })
                    if (spec.Has(field))
                        yield return FieldErrors.Forbidden($"spec.{field}", "may not be set for ExternalName services");
                var name = spec.Text("externalName").TrimEnd('.');
                if (name.Length == 0)
                    yield return FieldErrors.Required("spec.externalName");
                else
                    foreach (var problem in NameRules.Subdomain(name))
                        yield return FieldErrors.Invalid("spec.externalName", spec.Text("externalName"), problem);
                break;
        }
    }

    private static IEnumerable<FieldError> Port(JsonObject port, string path, bool requireName, bool headless)
    {
        foreach (var error in PortRules.Named(port, path, requireName).Where(error => !error.Field.EndsWith(".appProtocol", StringComparison.Ordinal)))
            yield return error;
        foreach (var error in PortRules.NumberOrName(port["targetPort"], $"{path}.targetPort"))
            yield return error;
        if (port.Text("appProtocol") is { Length: > 0 } protocol)
            foreach (var problem in NameRules.QualifiedName(protocol))
                yield return FieldErrors.Invalid($"{path}.appProtocol", protocol, problem);
        if (headless && port.Number("nodePort") is not (null or 0))
            yield return FieldErrors.Forbidden($"{path}.nodePort", "may not be used when `type` is 'ClusterIP'");
    }

    private static IEnumerable<FieldError> Affinity(JsonObject spec)
    {
        switch (spec.Text("sessionAffinity"))
        {
            case "":
                yield return FieldErrors.Required("spec.sessionAffinity");
                break;
            case "ClientIP" when spec.Number("sessionAffinityConfig", "clientIP", "timeoutSeconds") is null or < 1 or > 86400:
                yield return FieldErrors.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                    spec.Number("sessionAffinityConfig", "clientIP", "timeoutSeconds"), "must be greater than 0 and less than 86400");
                break;
            case "ClientIP" or "None":
                break;
            case var other:
                yield return FieldErrors.NotSupported("spec.sessionAffinity", other, "ClientIP", "None");
                break;
        }
    }

    private static IEnumerable<FieldError> Addresses(JsonObject spec)
    {
        const string NotAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        var addresses = spec.Texts("clusterIPs").ToArray();
        if (addresses.Length > 0 && spec.Text("clusterIP") != addresses[0])
            yield return FieldErrors.Invalid("spec.clusterIPs", spec["clusterIPs"], "first value must match `clusterIP`");
        for (var i = 0; i < addresses.Length; i++)
            if (addresses[i] != "None" && !IPAddress.TryParse(addresses[i], out _))
                yield return FieldErrors.Invalid($"spec.clusterIPs[{i}]", addresses[i], NotAnAddress);
        foreach (var (ip, i) in spec.Texts("externalIPs").Select((ip, i) => (ip, i)))
            if (!IPAddress.TryParse(ip, out _))
                yield return FieldErrors.Invalid($"spec.externalIPs[{i}]", ip, NotAnAddress);
        foreach (var (range, i) in spec.Texts("loadBalancerSourceRanges").Select((range, i) => (range, i)))
            if (!IPNetwork.TryParse(range, out _))
                yield return FieldErrors.Invalid($"spec.LoadBalancerSourceRanges", $"[{range}]", "must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24");
    }

    private static IEnumerable<FieldError> Duplicates(JsonObject[] ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(long?, string)>();
        var nodePorts = new HashSet<(long, string)>();
        for (var i = 0; i < ports.Length; i++)
        {
            var port = ports[i];
            if (port.Text("name") is { Length: > 0 } name && !names.Add(name))
                yield return FieldErrors.Duplicate($"spec.ports[{i}].name", name);
            if (port.Number("nodePort") is { } node and not 0 && !nodePorts.Add((node, port.Text("protocol"))))
                yield return FieldErrors.Duplicate($"spec.ports[{i}].nodePort", node);
            if (!numbers.Add((port.Number("port"), port.Text("protocol"))))
                yield return FieldErrors.Duplicate($"spec.ports[{i}]", port);
        }
    }

    private static IEnumerable<FieldError> TrafficPolicies(JsonObject spec, string type)
    {
        var external = spec.Text("externalTrafficPolicy");
        if (external.Length > 0 && external is not ("Cluster" or "Local"))
            yield return FieldErrors.NotSupported("spec.externalTrafficPolicy", external, "Cluster", "Local");
        else if (external.Length > 0 && type is not ("NodePort" or "LoadBalancer") && !spec.Items("externalIPs").Any())
            yield return FieldErrors.Invalid("spec.externalTrafficPolicy", external, "may only be set when `type` is 'NodePort' or 'LoadBalancer'");
        if (spec.Text("internalTrafficPolicy") is { Length: > 0 } policy && policy is not ("Cluster" or "Local"))
            yield return FieldErrors.NotSupported("spec.internalTrafficPolicy", policy, "Cluster", "Local");
        if (type == "ClusterIP")
            foreach (var (port, i) in spec.Objects("ports").Select((port, i) => (port, i)))
                if (port.Number("nodePort") is not (null or 0) && spec.Text("clusterIP") != "None")
                    yield return FieldErrors.Forbidden($"spec.ports[{i}].nodePort", "may not be used when `type` is 'ClusterIP'");
    }
}
