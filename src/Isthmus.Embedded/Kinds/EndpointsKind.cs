using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

internal sealed class EndpointsKind : BuiltInKind
{
    private const int Shown = 3;

    public EndpointsKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.Of("Endpoints", Summary), Column.Age]) => CreatesOnUpdate = true;

    public override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        foreach (var error in base.Validate(obj))
            yield return error;
        var i = 0;
        foreach (var subset in obj.Objects("subsets"))
        {
            var path = $"subsets[{i++}]";
            if (!subset.Objects("addresses").Concat(subset.Objects("notReadyAddresses")).Any())
                yield return FieldErrors.Required(path, "must specify `addresses` or `notReadyAddresses`");
            foreach (var list in new[] { "addresses", "notReadyAddresses" })
                foreach (var (address, j) in subset.Objects(list).Select((address, j) => (address, j)))
                    foreach (var error in Address(address, $"{path}.{list}[{j}]"))
                        yield return error;
            var requireName = subset.Objects("ports").Count() > 1;
            foreach (var (port, j) in subset.Objects("ports").Select((port, j) => (port, j)))
                foreach (var error in PortRules.Named(port, $"{path}.ports[{j}]", requireName))
                    yield return error;
        }
    }

    private static IEnumerable<FieldError> Address(JsonObject address, string path)
    {
        var text = address.Text("ip");
        if (!IPAddress.TryParse(text, out var ip))
            yield return FieldErrors.Invalid($"{path}.ip", text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        else if (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            yield return FieldErrors.Invalid($"{path}.ip", text, $"may not be unspecified ({text})");
        else if (IPAddress.IsLoopback(ip))
            yield return FieldErrors.Invalid($"{path}.ip", text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        if (address.Text("hostname") is { Length: > 0 } hostname)
            foreach (var problem in NameRules.Label(hostname))
                yield return FieldErrors.Invalid($"{path}.hostname", hostname, problem);
    }

    private static JsonNode Summary(JsonObject obj)
    {
        var all = new List<string>();
        foreach (var subset in obj.Objects("subsets"))
        {
            var ports = subset.Objects("ports").ToArray();
            var addresses = subset.Objects("addresses").Select(address => address.Text("ip")).ToArray();
            if (ports.Length == 0)
                all.AddRange(addresses);
            foreach (var port in ports)
                all.AddRange(addresses.Select(ip => string.Create(CultureInfo.InvariantCulture, $"{ip}:{port.Number("port") ?? 0}")));
        }

        if (all.Count == 0)
            return "<none>";
        var text = string.Join(",", all.Take(Shown));
        return all.Count > Shown ? $"{text} + {all.Count - Shown} more..." : text;
    }
}
