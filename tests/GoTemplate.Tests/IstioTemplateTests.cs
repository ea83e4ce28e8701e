using System.Text.Json.Nodes;
using Xunit;

namespace GoTemplate.Tests;

/// <summary>Every template that Istio's golden settings carry parses; only the names of Istio's functions are stubbed.</summary>
public sealed class IstioTemplateTests
{
    [Fact]
    public void Every_shipped_template_parses()
    {
        var istio = JsonNode.Parse(SharedFiles.Text("istio/injection/data/functions.json"))?["istio"]?.AsArray() ?? [];
        var functions = istio.Aggregate(FunctionMap.Sprig(), (map, name) => map.With(name?.GetValue<string>() ?? "", 0, int.MaxValue, _ => null));
        var parsed = 0;
        foreach (var file in Directory.GetFiles(SharedFiles.Folder("istio/injection/cases"), "*.json"))
        {
            var settings = JsonNode.Parse(File.ReadAllText(file))?["settings"]?.AsObject() ?? [];
            foreach (var (name, text) in settings)
            {
                foreach (var template in BlockScalars(text?.GetValue<string>() ?? ""))
                {
                    Template.Parse($"{Path.GetFileName(file)}/{name}", template, functions);
                    parsed++;
                }
            }
        }

        Assert.True(parsed >= 70, $"only {parsed} templates were found");
        TestContext.Current.TestOutputHelper?.WriteLine($"{parsed} templates parsed");
    }

    /// <summary>The literal blocks of a YAML text (KEY: | and what is indented below) that hold actions.</summary>
    private static IEnumerable<string> BlockScalars(string yaml)
    {
        var lines = yaml.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimEnd().EndsWith(": |", StringComparison.Ordinal)) continue;
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            var block = lines.Skip(i + 1).TakeWhile(l => l.Trim().Length == 0 || l.Length - l.TrimStart().Length > indent).ToArray();
            var text = string.Join('\n', block);
            if (text.Contains("{{", StringComparison.Ordinal)) yield return text;
            i += block.Length;
        }
    }
}
