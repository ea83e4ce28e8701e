using System.Text.RegularExpressions;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection;

/// <summary>Checks the annotations that reach the sidecar; one that fails refuses the pod, since templates paste them into YAML.</summary>
internal static partial class AnnotationValidation
{
    private const int LongestInterface = 15;

    private delegate string? Check(string value, InjectionSettings settings);

    private static readonly Dictionary<string, Check> Checks = new(StringComparer.Ordinal)
    {
        ["sidecar.istio.io/interceptionMode"] = (value, _) => InterceptionMode(value),
        ["status.sidecar.istio.io/port"] = (value, _) => Port(value) is { } error ? "excludeInboundPorts invalid: " + error : null,
        ["readiness.status.sidecar.istio.io/initialDelaySeconds"] = (value, _) => GoParse.UintError(value, 32),
        ["readiness.status.sidecar.istio.io/periodSeconds"] = (value, _) => GoParse.UintError(value, 32),
        ["readiness.status.sidecar.istio.io/failureThreshold"] = (value, _) => GoParse.UintError(value, 32),
        ["traffic.sidecar.istio.io/includeOutboundIPRanges"] = (value, _) => value == "*" ? null : Ranges("includeIPRanges", value),
        ["traffic.sidecar.istio.io/excludeOutboundIPRanges"] = (value, _) => Ranges("excludeIPRanges", value),
        ["traffic.sidecar.istio.io/includeInboundPorts"] = (value, _) => value == "*" ? null : Ports("includeInboundPorts", value),
        ["traffic.sidecar.istio.io/excludeInboundPorts"] = (value, _) => Ports("excludeInboundPorts", value),
        ["traffic.sidecar.istio.io/excludeOutboundPorts"] = (value, _) => Ports("excludeOutboundPorts", value),
        ["traffic.sidecar.istio.io/excludeInterfaces"] = Interfaces,
        ["traffic.sidecar.istio.io/kubevirtInterfaces"] = Interfaces,
        ["istio.io/reroute-virtual-interfaces"] = Interfaces,
        ["prometheus.istio.io/merge-metrics"] = (value, _) => GoParse.Bool(value) is null ? $"strconv.ParseBool: parsing {GoParse.Quote(value)}: invalid syntax" : null,
        ["proxy.istio.io/config"] = (value, settings) => settings.Mesh.ProxyConfigAnnotationError(value),
        ["sidecar.istio.io/proxyCPU"] = ResourceQuantity,
        ["sidecar.istio.io/proxyMemory"] = ResourceQuantity,
        ["sidecar.istio.io/proxyCPULimit"] = ResourceQuantity,
        ["sidecar.istio.io/proxyMemoryLimit"] = ResourceQuantity,
    };

    /// <summary>All errors, by annotation name; empty where the annotations may be used.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyDictionary<string, string> annotations, InjectionSettings settings)
    {
        List<string>? errors = null;
        foreach (var (name, value) in annotations)
            if (Checks.TryGetValue(name, out var check) && check(value, settings) is { } error)
                (errors ??= []).Add($"invalid value '{value}' for annotation '{name}': {error}");
        errors?.Sort(StringComparer.Ordinal);
        return errors ?? (IReadOnlyList<string>)[];
    }

    private static string? InterceptionMode(string value) =>
        value is "REDIRECT" or "TPROXY" or "NONE" ? null : $"interceptionMode invalid, use REDIRECT,TPROXY,NONE: {value}";

    private static string? Port(string value) =>
        GoParse.UintError(value.Trim(), 16) is { } error ? $"failed parsing port {GoParse.Quote(value)}: {error}" : null;

    private static string? Ports(string parameter, string value)
    {
        if (value.Trim().Length == 0) return null;
        foreach (var port in value.Split(','))
            if (Port(port.Trim()) is { } error) return $"{parameter} invalid: {error}";
        return null;
    }

    private static string? Ranges(string parameter, string value)
    {
        if (value.Length == 0) return null;
        foreach (var range in value.Split(','))
            if (!GoParse.IsPrefix(range)) return $"{parameter} invalid: failed parsing cidr '{range}': not an address prefix";
        return null;
    }

    private static string? Interfaces(string value, InjectionSettings settings)
    {
        if (!settings.Features.Has(IstioFeature.InterfaceAnnotationChecks) || value.Length == 0) return null;
        foreach (var name in value.Split(','))
        {
            if (name.Length > LongestInterface) return $"interface name '{name}' is longer than {LongestInterface} characters";
            if (!InterfaceName().IsMatch(name)) return $"interface name '{name}' is invalid";
        }
        return null;
    }

    private static string? ResourceQuantity(string value, InjectionSettings settings)
    {
        if (!settings.Features.Has(IstioFeature.QuantityAnnotationChecks)) return null;
        if (value.Any(char.IsControl)) return "resource quantity contains control characters";
        return Quantity.TryParse(value, out _) ? null : $"resource quantity {GoParse.Quote(value)} is invalid";
    }

    [GeneratedRegex(@"\A[a-zA-Z][a-zA-Z0-9_.\-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceName();
}
