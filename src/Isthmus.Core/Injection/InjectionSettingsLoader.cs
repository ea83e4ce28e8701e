using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Mesh;
using Isthmus.Core.Injection.Templates;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection;

/// <summary>Istio's rule: settings are taken as a whole or not at all, so one template that does not parse rejects them.</summary>
internal sealed class InjectionSettingsLoader(InjectionSettingsInput input)
{
    private readonly List<string> _errors = [];

    public InjectionSettingsResult Load()
    {
        var config = ReadMap("config", input.ConfigYaml);
        var values = ReadValues();
        var mesh = ReadMesh();
        var templates = mesh is null ? [] : ReadTemplates(config, mesh);
        var aliases = ReadAliases(config);
        var defaults = Strings(config, "defaultTemplates");
        if (_errors.Count > 0 || mesh is null) return new InjectionSettingsResult(null, _errors);
        return new InjectionSettingsResult(
            new InjectionSettings(input, mesh, values)
            {
                Policy = config.Text("policy") ?? "",
                DefaultTemplates = defaults.Count > 0 ? defaults : ["sidecar"],
                Templates = templates,
                Aliases = aliases,
                NeverInjectSelectors = Selectors(config, "neverInjectSelector"),
                AlwaysInjectSelectors = Selectors(config, "alwaysInjectSelector"),
                InjectedAnnotations = config.StringMap("injectedAnnotations"),
            },
            []);
    }

    /// <summary>Charts write JSON; people who keep values in files write YAML, and istiod reads both.</summary>
    private JsonObject ReadValues()
    {
        var text = input.ValuesJson.Trim();
        if (text.Length == 0) return [];
        if (!text.StartsWith('{')) return ReadMap("values", text);
        if (!StrictJson.TryParse(text, out var json, out var error)) _errors.Add($"values: {error}");
        return json as JsonObject ?? [];
    }

    private JsonObject ReadMap(string name, string text)
    {
        try
        {
            if (Yaml.Read(text, lastKeyWins: true) is JsonObject map) return map;
            _errors.Add($"{name}: must be a map");
        }
        catch (YamlFormatException error)
        {
            _errors.Add($"{name}: {error.Message}");
        }
        return [];
    }

    private MeshConfig? ReadMesh()
    {
        if (MeshConfig.TryLoad(input.MeshYaml, input.Version, out var mesh, out var error)) return mesh;
        _errors.Add($"mesh: {error}");
        return null;
    }

    private Dictionary<string, Template> ReadTemplates(JsonObject config, MeshConfig mesh)
    {
        var parsed = new Dictionary<string, Template>(StringComparer.Ordinal);
        var functions = IstioFunctions.For(IstioFeatures.Of(input.Version), mesh, input.Environment);
        if (Map(config, "templates") is not { } templates) return parsed;
        foreach (var (name, node) in templates)
        {
            if (node.AsText() is not { } text)
            {
                _errors.Add($"config: templates.{name}: must be a string");
                continue;
            }
            try
            {
                parsed[name] = Template.Parse(name, text, functions);
            }
            catch (TemplateException error)
            {
                _errors.Add($"config: templates.{name}: {error.Message}");
            }
        }
        return parsed;
    }

    private Dictionary<string, IReadOnlyList<string>> ReadAliases(JsonObject config)
    {
        var aliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Map(config, "aliases") is not { } map) return aliases;
        foreach (var (name, _) in map) aliases[name] = Strings(map, name);
        return aliases;
    }

    private JsonObject? Map(JsonObject owner, string name)
    {
        owner.TryGetPropertyValue(name, out var node);
        if (node is not null and not JsonObject) _errors.Add($"config: {name}: must be a map");
        return node as JsonObject;
    }

    private List<string> Strings(JsonObject owner, string name)
    {
        owner.TryGetPropertyValue(name, out var node);
        if (node is null) return [];
        if (node is JsonArray list && list.All(item => item.AsText() is not null)) return [.. list.Select(item => item.AsText()).OfType<string>()];
        _errors.Add($"config: {name}: must be a list of strings");
        return [];
    }

    /// <summary>Istio's rule: a selector that is empty or not valid selects nothing.</summary>
    private static List<LabelSelector> Selectors(JsonObject config, string name)
    {
        var selectors = new List<LabelSelector>();
        foreach (var item in config.List(name).Objects())
            if (LabelSelector.TryFromJson(item, out var selector, out _) && !selector.IsEverything) selectors.Add(selector);
        return selectors;
    }
}
