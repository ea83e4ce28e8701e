using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>The functions that istiod adds to Sprig's, by Istio version.</summary>
internal static class IstioFunctions
{
    private static readonly Template SprintTemplate = Template.Parse("sprint", "{{print .}}", FunctionMap.Sprig());

    public static FunctionMap For(IstioFeatures features, MeshConfig mesh, IReadOnlyDictionary<string, string> environment)
    {
        var functions = Strings(Ports(Json(FunctionMap.Sprig())))
            .With("annotation", (IGoObject meta, string name, object? fallback) => Annotation(meta, name, fallback))
            .With("isset", (object? map, string key) => IsSet(map, key))
            .With("valueOrDefault", (object? value, object? fallback) => value is null or "" ? fallback : value)
            .With("env", (string name, string fallback) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : fallback)
            .With("appendMultusNetwork", (string existing, string network) =>
                MultusNetworks.Append(existing, network, features.Has(IstioFeature.MultusJsonNamespace)))
            .With("formatDuration", (object? duration) => FormatDuration(duration));
        if (features.Has(IstioFeature.OmitNilFunction))
            functions = functions.With("omitNil", (object? value) => (object?)GoValues.OmitNull(GoValues.ToJson(value)));
        if (features.Has(IstioFeature.OtelResourceAttributesFunction))
            functions = functions.With("otelResourceAttributes", 5, 5, args => OtelResourceAttributes(mesh, args));
        return functions;
    }

    /// <summary>fmt.Sprint of one value.</summary>
    public static string Sprint(object? value) => value switch
    {
        null => "<nil>",
        string text => text,
        true => "true",
        false => "false",
        _ => SprintTemplate.Execute(value),
    };

    private static string FormatDuration(object? duration) =>
        Sprint(duration is IGoObject proto && proto.TryCallMethod("AsDuration", [], out var elapsed) ? elapsed : duration);

    private static FunctionMap Strings(FunctionMap functions) => functions
        .With("contains", (string needle, string haystack) => haystack.Contains(needle, StringComparison.Ordinal))
        .With("indent", (long spaces, string text) => text.Replace("\n", "\n" + new string(' ', (int)Math.Clamp(spaces, 0, 1000)), StringComparison.Ordinal))
        .With("directory", (string path) => path[..(path.LastIndexOf('/') + 1)])
        .With("toLower", (string text) => text.ToLowerInvariant())
        .With("kubevirtInterfaces", (string interfaces) => interfaces)
        .With("excludeInterfaces", (string interfaces) => interfaces);

    private static FunctionMap Ports(FunctionMap functions) => functions
        .With("excludeInboundPort", (object? port, string list) => ContainerPorts.Exclude(Sprint(port), list))
        .With("includeInboundPorts", (IReadOnlyList<object?> containers) => ContainerPorts.OfAll(containers))
        .With("applicationPorts", (IReadOnlyList<object?> containers) => ContainerPorts.OfApplications(containers));

    private static FunctionMap Json(FunctionMap functions) => functions
        .With("toJSON", (object? map) => map is null ? "{}" : GoJson.Write(GoValues.ToJson(map)))
        .With("fromJSON", (string text) => StrictJson.TryParse(text, out var json, out _) ? (object?)json : "{}")
        .With("structToJSON", (object? value) => value is null ? "{}" : GoJson.Write(GoValues.ToJson(value), sortKeys: value is not StructView))
        .With("protoToJSON", (object? config) => config is ProxyConfig proxyConfig ? proxyConfig.ToProtoJson() : "{}")
        .With("toYaml", (object? value) => Yaml.Write(GoValues.ToJson(value)))
        .With("omit", 1, int.MaxValue, args => Entries(args[0]).Where(entry => !args.Skip(1).Contains(entry.Key)).ToDictionary(StringComparer.Ordinal))
        .With("strdict", 0, int.MaxValue, StringDictionary)
        .With("mergeMaps", 0, int.MaxValue, args => Merge(args))
        .With("toJsonMap", 0, int.MaxValue, args => GoJson.Write(GoValues.ToJson(Merge(args))));

    private static string Annotation(IGoObject meta, string name, object? fallback) =>
        meta.TryGetField("Annotations", out var annotations)
        && annotations is IReadOnlyDictionary<string, string> map
        && map.TryGetValue(name, out var value)
            ? value
            : Sprint(fallback);

    private static bool IsSet(object? map, string key) => map switch
    {
        IReadOnlyDictionary<string, string> strings => strings.ContainsKey(key),
        IReadOnlyDictionary<string, object?> values => values.ContainsKey(key),
        JsonObject json => json.ContainsKey(key),
        _ => false,
    };

    private static Dictionary<string, string> StringDictionary(IReadOnlyList<object?> args)
    {
        if (args.Count % 2 != 0) throw new FormatException("strdict: every key needs a value");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i += 2) map[Sprint(args[i])] = Sprint(args[i + 1]);
        return map;
    }

    private static Dictionary<string, string> Merge(IReadOnlyList<object?> maps)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in maps.SelectMany(Entries)) merged[entry.Key] = entry.Value;
        return merged;
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(object? map) => map switch
    {
        IReadOnlyDictionary<string, string> strings => strings,
        IReadOnlyDictionary<string, object?> values => values.Select(entry => KeyValuePair.Create(entry.Key, Sprint(entry.Value))),
        JsonObject json => json.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.AsText() ?? "")),
        _ => [],
    };

    private static string OtelResourceAttributes(MeshConfig mesh, IReadOnlyList<object?> args)
    {
        if (!mesh.HasOtelSemanticConventions) return "";
        var containers = args[4] is IReadOnlyList<object?> list ? list.OfType<StructView>().Select(view => view.Value).ToList() : [];
        return OtelAttributes.Of(
            Entries(args[1]).ToDictionary(StringComparer.Ordinal), Entries(args[2]).ToDictionary(StringComparer.Ordinal), Sprint(args[3]), containers);
    }
}
