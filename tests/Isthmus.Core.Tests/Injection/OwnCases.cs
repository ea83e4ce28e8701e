using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

/// <summary>The golden cases of this repository: folders of Cases, each a pod and what becomes of it.</summary>
internal static class OwnCases
{
    public static string Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
                    return Path.Combine(folder.FullName, "tests", "Isthmus.Core.Tests", "Injection", "Cases");
            throw new DirectoryNotFoundException("the tests do not lie in the repository");
        }
    }

    public static InjectionSettings Settings(IReadOnlyDictionary<string, string>? environment = null, Func<string, string>? changeConfig = null, string version = "1.26.8")
    {
        Assert.True(IstioVersion.TryParse(version, out var parsed));
        var config = File.ReadAllText(Path.Combine(Folder, "config.yaml"));
        return InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = changeConfig?.Invoke(config) ?? config,
            ValuesJson = File.ReadAllText(Path.Combine(Folder, "values.json")),
            MeshYaml = File.ReadAllText(Path.Combine(Folder, "mesh.yaml")),
            Version = parsed,
            Environment = environment ?? new Dictionary<string, string>(),
        }).GetSettings();
    }

    public static IReadOnlyDictionary<string, string> Environment(string name)
    {
        var file = Path.Combine(Folder, name, "env");
        return File.Exists(file)
            ? File.ReadAllLines(file).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1])
            : new Dictionary<string, string>();
    }

    public static JsonObject Pod(string name) => Assert.IsType<JsonObject>(Yaml.Read(File.ReadAllText(Path.Combine(Folder, name, "pod.yaml"))));
}
