using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class ServiceKind : BuiltInKind
{
    public ServiceKind(ResourceDefinition resource)
        : base(resource,
        [
            Column.Name,
            Column.Of("Type", obj => obj.Text("spec", "type")),
            Column.Of("Cluster-IP", obj => obj.Text("spec", "clusterIP") is { Length: > 0 } ip ? ip : "<none>"),
            Column.Of("External-IP", ExternalIp),
            Column.Of("Port(s)", Ports),
            Column.Age,
            Column.Wide("Selector", Selector),
        ])
    {
        AnswersDeletedObject = true;
        NameRule = NameRules.Label1035;
    }

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal)
        {
            ["spec.clusterIP"] = obj => obj.Text("spec", "clusterIP"),
            ["spec.type"] = obj => obj.Text("spec", "type"),
        };

    public override void PrepareForCreate(JsonObject obj, KindServices services)
    {
        base.PrepareForCreate(obj, services);
        ServiceAllocation.Allocate(obj, null, Resource, services);
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
        base.PrepareForUpdate(obj, old, subresource, services);
        if (subresource is null)
            ServiceAllocation.Allocate(obj, old, Resource, services);
    }

    public override IEnumerable<FieldError> Validate(JsonObject obj) => base.Validate(obj).Concat(ServiceValidation.Spec(obj.Object("spec") ?? []));

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) =>
        base.ValidateUpdate(obj, old, subresource).Concat(ServiceValidation.Update(obj.Object("spec") ?? [], old.Object("spec") ?? []));

    protected override void DefaultMore(JsonObject obj)
    {
        if (obj.Object("spec") is not { } spec)
            return;
        foreach (var port in spec.Objects("ports"))
            if (port["targetPort"] is not { } target || target.AsInteger() == 0 || target.AsText() == "")
                port["targetPort"] = port.Number("port");
        var type = spec.Text("type");
        if (type is "ClusterIP" or "NodePort" or "LoadBalancer")
            spec.SetIfAbsent("internalTrafficPolicy", "Cluster");
        if (type is "NodePort" or "LoadBalancer")
            spec.SetIfAbsent("externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer")
            spec.SetIfAbsent("allocateLoadBalancerNodePorts", true);
        if (spec.Text("sessionAffinity") == "ClientIP")
            spec.Ensure("sessionAffinityConfig").Ensure("clientIP").SetIfAbsent("timeoutSeconds", 10800);
        else
            spec.Remove("sessionAffinityConfig");
    }

    private static JsonNode ExternalIp(JsonObject obj)
    {
        var external = obj.Texts("spec", "externalIPs").ToArray();
        var balancer = obj.Objects("status", "loadBalancer", "ingress").Select(ingress => ingress.Text("ip") is { Length: > 0 } ip ? ip : ingress.Text("hostname"))
            .Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return obj.Text("spec", "type") switch
        {
            "ExternalName" => obj.Text("spec", "externalName"),
            "LoadBalancer" when balancer.Length + external.Length == 0 => "<pending>",
            "LoadBalancer" => string.Join(",", balancer.Concat(external)),
            _ => external.Length == 0 ? "<none>" : string.Join(",", external),
        };
    }

    private static JsonNode Ports(JsonObject obj)
    {
        var ports = obj.Objects("spec", "ports").Select(port => port.Number("nodePort") is { } node and not 0
            ? string.Create(CultureInfo.InvariantCulture, $"{port.Number("port")}:{node}/{port.Text("protocol")}")
            : string.Create(CultureInfo.InvariantCulture, $"{port.Number("port")}/{port.Text("protocol")}")).ToArray();
        return ports.Length == 0 ? "<none>" : string.Join(",", ports);
    }

    private static JsonNode Selector(JsonObject obj)
    {
        var selector = obj.Strings("spec", "selector");
        return selector.Count == 0
            ? "<none>"
            : string.Join(",", selector.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"));
    }
}
