using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Injection.Templates;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>The rows of Istio's own unit tests, where they are at hand.</summary>
public sealed class UnitVectorTests
{
    private static readonly InjectionSettings Defaults = Settings();

    private static readonly Dictionary<string, Func<JsonObject, string?>> Checks = new(StringComparer.Ordinal)
    {
        ["TestInjectRequired"] = InjectRequired,
        ["TestEnablePrometheusAggregation"] = row => Same(Flag(row, "want"), PrometheusMerge.IsEnabled(Strings(row["anno"]), row["mesh"]?["EnablePrometheusMerge"]?["Value"]?.GetValue<bool>())),
        ["TestParseInjectEnvs"] = row => Same(row["want"], Map(InjectPath.Parse(Text(row["in"])).Variables)),
        ["TestMergeOrAppendProbers"] = MergeOrAppendProbers,
        ["TestGetPrometheusScrapeConfigurationMultiTarget"] = ScrapeConfiguration,
        ["TestDetectNativeSidecar"] = DetectNativeSidecar,
        ["TestShouldRewriteAppHTTPProbers"] = row => Same(Flag(row, "expected"),
            ProbeRewrite.IsWanted(Strings(row["annotations"]).GetValueOrDefault("sidecar.istio.io/rewriteAppHTTPProbers"), Flag(row, "specSetting"))),
        ["TestDumpAppGRPCProbers"] = row => Same(JsonNode.Parse(Text(row["expected"])), ProbeRewrite.Probers(AppProbe.Of(Pod(row["pod"]), Defaults.Features), 15020)),
        ["TestPatchRewriteProbe"] = PatchRewriteProbe,
        ["TestOmitNil"] = row => Same(row["want"], GoValues.OmitNull(row["in"])),
        ["TestOtelResourceAttributes"] = OtelResourceAttributes,
        ["TestValidateAnnotations"] = row => Same(Flag(row, "wantErr"), AnnotationValidation.Errors(Strings(row["annotations"]), Defaults).Count > 0),
        ["TestAppendMultusNetwork"] = row => Same(Text(row["want"]), MultusNetworks.Append(Text(row["in"]), "istio-cni", splitNamespace: true)),
        ["TestProxyImage"] = row => Same(Text(row["want"]), ProxyImages.Sidecar(Settings(values: row["v"]), row["pc"]?["imageType"]?.ToString(), Strings(row["ann"]))),
    };

    [Fact]
    public void All_rows_of_Istios_unit_tests_hold()
    {
        var vectors = Assert.IsType<JsonObject>(SharedFiles.Json("istio/injection/data/unit-vectors.json")["vectors"]);
        var failures = new List<string>();
        var rows = 0;
        foreach (var (table, node) in vectors)
        {
            Assert.True(Checks.ContainsKey(table), $"nothing checks {table}");
            foreach (var row in Assert.IsType<JsonArray>(node).OfType<JsonObject>())
            {
                rows++;
                if (Checks[table](row) is { } failure) failures.Add($"{table} '{row["name"] ?? row["desc"] ?? row["meta"]?["Name"]}': {failure}");
            }
        }
        ConformanceReport.Write("injection-unit-vectors", $"unit vectors of Istio: {rows - failures.Count} of {rows} hold");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static string? InjectRequired(JsonObject row)
    {
        var config = new JsonObject();
        foreach (var (name, value) in Assert.IsType<JsonObject>(row["config"])) config[Lower(name)] = LowerKeys(value);
        var meta = new JsonObject();
        foreach (var (name, value) in Assert.IsType<JsonObject>(row["meta"])) meta[Lower(name)] = value?.DeepClone();
        var pod = new JsonObject { ["metadata"] = meta, ["spec"] = row["podSpec"]?.DeepClone() };
        return Same(Flag(row, "want"), InjectionDecision.For(Settings(config), pod).Inject);
    }

    private static string? MergeOrAppendProbers(JsonObject row)
    {
        var sidecar = new JsonObject { ["env"] = new JsonArray([.. (row["in"] as JsonArray ?? []).Select(LowerKeys)]) };
        ProbeRewrite.SetProbers(sidecar, Assert.IsType<JsonObject>(JsonNode.Parse(Text(row["probers"]))), Flag(row, "perviouslyInjected"), Defaults.Features);
        return Same(LowerKeys(row["want"]), sidecar["env"]);
    }

    private static string? ScrapeConfiguration(JsonObject row)
    {
        var scrape = PrometheusScrape.Of(Strings(row["annotations"]), Defaults.Features);
        var targets = scrape.Targets is null ? null : new JsonArray([.. scrape.Targets.Select(target => (JsonNode)new JsonObject { ["Port"] = target.Port, ["Path"] = target.Path })]);
        return Same(row["wantTargets"], targets)
            ?? (row["wantPort"] is { } port ? Same(Text(port), scrape.Port) : null)
            ?? (row["wantPath"] is { } path ? Same(Text(path), scrape.Path) : null);
    }

    private static string? DetectNativeSidecar(JsonObject row)
    {
        var nodes = Assert.IsType<JsonArray>(row["nodes"]);
        var facts = new ClusterFacts
        {
            KubeletVersions = nodes.Select((node, index) => (index, version: node?["Status"]?["NodeInfo"]?["KubeletVersion"]?.ToString() ?? ""))
                .ToDictionary(node => $"node-{node.index}", node => node.version),
        };
        var settings = Settings(environment: new Dictionary<string, string> { ["ENABLE_NATIVE_SIDECARS"] = Text(row["setup"]) });
        return Same(Flag(row, "want"), NativeSidecars.Enabled(settings, facts, []));
    }

    private static string? PatchRewriteProbe(JsonObject row)
    {
        var pod = Pod(row["pod"]);
        foreach (var probe in AppProbe.Of(pod, Defaults.Features).ToList()) probe.Rewrite(15020);
        return Same(Pod(row["expected"]), pod);
    }

    private static string? OtelResourceAttributes(JsonObject row)
    {
        var mesh = LowerKeys(row["mc"]) as JsonObject ?? [];
        foreach (var provider in (mesh["extensionProviders"] as JsonArray ?? []).OfType<JsonObject>())
            if (provider["provider"] is JsonObject oneof)
            {
                provider.Remove("provider");
                foreach (var (name, value) in oneof) provider[name] = value?.DeepClone();
            }
        Assert.True(MeshConfig.TryLoad(mesh.ToJsonString(), Defaults.Version, out var config, out var error), error);
        var containers = (row["containers"] as JsonArray ?? []).Select(LowerKeys).OfType<JsonObject>().ToList();
        var attributes = config.HasOtelSemanticConventions
            ? OtelAttributes.Of(Strings(row["annotations"]), Strings(row["labels"]), Text(row["namespace"]), containers)
            : "";
        return Same(Text(row["want"]), attributes);
    }

    private static InjectionSettings Settings(JsonObject? config = null, JsonNode? values = null, Dictionary<string, string>? environment = null) =>
        InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = (config ?? new JsonObject { ["policy"] = "enabled" }).ToJsonString(),
            ValuesJson = values?.ToJsonString() ?? "{}",
            MeshYaml = "",
            Version = new IstioVersion(1, 31, 0),
            Environment = environment ?? [],
        }).GetSettings();

    /// <summary>A pod whose fields have Go's names, with those of JSON.</summary>
    private static JsonObject Pod(JsonNode? go) => FromGo(go as JsonObject ?? [], PodSchema.Pod);

    private static JsonObject FromGo(JsonObject go, MergeSchema type)
    {
        var json = new JsonObject();
        foreach (var (name, value) in go)
        {
            if (name == "ProbeHandler")
            {
                foreach (var (inner, action) in FromGo(value as JsonObject ?? [], type)) json[inner] = action?.DeepClone();
                continue;
            }
            var field = type.GoField(name);
            Assert.True(field is not null, $"{type.Name} has no {name}");
            json[field.Json] = value is JsonArray list ? new JsonArray([.. list.Select(item => FromGo(item, field))]) : FromGo(value, field);
        }
        return json;
    }

    private static JsonNode? FromGo(JsonNode? value, MergeField field) => value switch
    {
        JsonObject port when field.Type == "intorstring" => (port["StrVal"] ?? port["IntVal"])?.DeepClone(),
        JsonObject members when field.Struct is { } type => FromGo(members, type),
        _ => value?.DeepClone(),
    };

    private static JsonNode? LowerKeys(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(member => KeyValuePair.Create(
            Lower(member.Key), Lower(member.Key) is "matchLabels" ? member.Value?.DeepClone() : LowerKeys(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(LowerKeys)]),
        _ => node?.DeepClone(),
    };

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JsonObject Map(IReadOnlyDictionary<string, string> map) => new(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static Dictionary<string, string> Strings(JsonNode? map) => (map as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "");

    private static string Text(JsonNode? node) => node?.ToString() ?? "";

    private static bool Flag(JsonObject row, string name) => row[name]?.GetValue<bool>() == true;

    private static string? Same(JsonNode? expected, JsonNode? found) =>
        JsonNode.DeepEquals(expected, found) ? null : $"expected {expected?.ToJsonString() ?? "null"}, found {found?.ToJsonString() ?? "null"}";
}
