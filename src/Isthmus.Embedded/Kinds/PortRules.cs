using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Checks that Services, Endpoints and containers share.</summary>
internal static class PortRules
{
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    /// <summary>A port of a Service or of Endpoints: name (a DNS label, needed where there are several), number, protocol.</summary>
    public static IEnumerable<FieldError> Named(JsonObject port, string path, bool requireName)
    {
        var name = port.Text("name");
        if (requireName && name.Length == 0)
            yield return FieldErrors.Required($"{path}.name");
        else if (name.Length > 0)
            foreach (var problem in NameRules.Label(name))
                yield return FieldErrors.Invalid($"{path}.name", name, problem);
        foreach (var problem in NameRules.Port(port.Number("port") ?? 0))
            yield return FieldErrors.Invalid($"{path}.port", port.Number("port") ?? 0, problem);
        foreach (var error in Protocol(port, path))
            yield return error;
        if (port.Text("appProtocol") is { Length: > 0 } appProtocol)
            foreach (var problem in NameRules.QualifiedName(appProtocol))
                yield return FieldErrors.Invalid($"{path}.appProtocol", appProtocol, problem);
    }

    public static IEnumerable<FieldError> Protocol(JsonObject port, string path)
    {
        var protocol = port.Text("protocol");
        if (protocol.Length == 0)
            yield return FieldErrors.Required($"{path}.protocol");
        else if (!Protocols.Contains(protocol, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.protocol", protocol, Protocols);
    }

    /// <summary>A port by number or by the name that a container gives it.</summary>
    public static IEnumerable<FieldError> NumberOrName(JsonNode? value, string field)
    {
        if (value?.GetValueKind() == JsonValueKind.String)
        {
            foreach (var problem in NameRules.PortName(value.AsText() ?? ""))
                yield return FieldErrors.Invalid(field, value.DeepClone(), problem);
            yield break;
        }

        foreach (var problem in NameRules.Port(value.AsInteger() ?? 0))
            yield return FieldErrors.Invalid(field, value.AsInteger() ?? 0, problem);
    }
}
