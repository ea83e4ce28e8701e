using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class EndpointSliceKind : BuiltInKind
{
    private const int Shown = 3;

    private static readonly string[] AddressTypes = ["FQDN", "IPv4", "IPv6"];

    public EndpointSliceKind(ResourceDefinition resource)
        : base(resource,
        [
            Column.Name,
            Column.Of("AddressType", obj => obj.Text("addressType")),
            Column.Of("Ports", obj => Listed(obj.Objects("ports").Select(PortText), "<unset>")),
            Column.Of("Endpoints", obj => Listed(obj.Objects("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")), "<unset>")),
            Column.Age,
        ]) => GenerationFields = ["endpoints", "ports", "addressType", "metadata.labels", "metadata.annotations"];

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        var type = obj.Text("addressType");
        if (type.Length == 0)
            yield return FieldErrors.Required("addressType");
        else if (!AddressTypes.Contains(type, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported("addressType", type, AddressTypes);
        var i = 0;
        foreach (var endpoint in obj.Objects("endpoints"))
        {
            var path = $"endpoints[{i++}]";
            if (!endpoint.Items("addresses").Any())
                yield return FieldErrors.Required($"{path}.addresses", "must contain at least 1 address");
            foreach (var (address, j) in endpoint.Texts("addresses").Select((address, j) => (address, j)))
                if (Problem(type, address) is { } problem)
                    yield return FieldErrors.Invalid($"{path}.addresses[{j}]", address, problem);
            if (endpoint.Text("hostname") is { Length: > 0 } hostname)
                foreach (var problem in NameRules.Label(hostname))
                    yield return FieldErrors.Invalid($"{path}.hostname", hostname, problem);
        }

        foreach (var error in Ports(obj))
            yield return error;
    }

    public override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource)
    {
        foreach (var error in base.ValidateUpdate(obj, old, subresource))
            yield return error;
        if (obj.Text("addressType") != old.Text("addressType"))
            yield return FieldErrors.Invalid("addressType", obj.Text("addressType"), "field is immutable");
    }

    private static IEnumerable<FieldError> Ports(JsonObject obj)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, i) in obj.Objects("ports").Select((port, i) => (port, i)))
        {
            var name = port.Text("name");
            if (name.Length > 0)
                foreach (var problem in NameRules.Label(name))
                    yield return FieldErrors.Invalid($"ports[{i}].name", name, problem);
            if (!names.Add(name))
                yield return FieldErrors.Duplicate($"ports[{i}].name", name);
            foreach (var error in PortRules.Protocol(port, $"ports[{i}]"))
                yield return error;
        }
    }

    private static string? Problem(string type, string address) => (type, IPAddress.TryParse(address, out var ip)) switch
    {
        ("IPv4", false) or ("IPv6", false) => "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ("IPv4", true) when ip?.AddressFamily != AddressFamily.InterNetwork => "must be a valid IPv4 address",
        ("IPv6", true) when ip?.AddressFamily != AddressFamily.InterNetworkV6 => "must be a valid IPv6 address",
        ("FQDN", _) => NameRules.Subdomain(address).FirstOrDefault(),
        _ => null,
    };

    private static JsonNode PortText(JsonObject port) =>
        port.Number("port") is { } number ? number.ToString(CultureInfo.InvariantCulture) : port.Text("name") is { Length: > 0 } name ? name : "*";

    private static JsonNode Listed(IEnumerable<JsonNode?> items, string none) =>
        Listed(items.Select(item => item.AsText() ?? ""), none);

    private static JsonNode Listed(IEnumerable<string> items, string none)
    {
        var all = items.ToArray();
        if (all.Length == 0)
            return none;
        var text = string.Join(",", all.Take(Shown));
        return all.Length > Shown ? $"{text} + {all.Length - Shown} more..." : text;
    }
}
