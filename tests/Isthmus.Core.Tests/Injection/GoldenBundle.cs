using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>One file of golden cases: those of one Istio version.</summary>
internal sealed class GoldenBundle
{
    private readonly Dictionary<string, InjectionSettings> _settings = new(StringComparer.Ordinal);

    private GoldenBundle(string name, JsonObject json)
    {
        (Name, Json) = (name, json);
        Cases = [.. Member<JsonArray>("cases").OfType<JsonObject>().Select(item => new GoldenCase(this, item))];
    }

    public string Name { get; }

    public JsonObject Json { get; }

    public IReadOnlyList<GoldenCase> Cases { get; }

    public static GoldenBundle Read(string file) => Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));

    public static GoldenBundle Parse(string name, string text) => new(name, Assert.IsType<JsonObject>(JsonNode.Parse(text)));

    /// <summary>All bundles of the shared folder and of INJECTION_CASES, whose entries are files or folders.</summary>
    public static IReadOnlyList<string> Files()
    {
        var places = (Environment.GetEnvironmentVariable("INJECTION_CASES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (Repository.Shared is { } shared) places.Insert(0, Path.Combine(shared, "istio", "injection", "cases"));
        return [.. places.SelectMany(FilesIn)];
    }

    private static IEnumerable<string> FilesIn(string place) =>
        Directory.Exists(place) ? Directory.EnumerateFiles(place, "*.json").Order(StringComparer.Ordinal) : [place];

    public InjectionSettings SettingsOf(JsonObject @case)
    {
        var env = Assert.IsType<JsonObject>(@case["env"]);
        var version = Text(@case, "istio");
        var key = string.Join('|', Text(@case, "values"), Text(@case, "config"), Text(@case, "mesh"), version, env.ToJsonString());
        if (_settings.TryGetValue(key, out var known)) return known;
        Assert.True(IstioVersion.TryParse(version, out var parsed), $"version {version}");
        var loaded = InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = SettingsText(@case, "config"),
            ValuesJson = SettingsText(@case, "values"),
            MeshYaml = SettingsText(@case, "mesh"),
            Version = parsed,
            Revision = Text(env, "revision"),
            Environment = new Dictionary<string, string>
            {
                ["ENABLE_NATIVE_SIDECARS"] = Text(env, "ENABLE_NATIVE_SIDECARS"),
                ["COMPLIANCE_POLICY"] = Text(env, "COMPLIANCE_POLICY"),
                ["PLATFORM"] = Text(env, "platform"),
            },
        });
        return _settings[key] = loaded.GetSettings();
    }

    /// <summary>A scalar as text; empty where it is absent.</summary>
    public static string Text(JsonObject owner, string name) => owner[name]?.ToString() ?? "";

    private string SettingsText(JsonObject @case, string name) => Text(Member<JsonObject>("settings"), Text(@case, name));

    private T Member<T>(string name)
        where T : JsonNode => Assert.IsType<T>(Json[name]);
}
