using System.Text.Json.Nodes;
using Xunit;

namespace GoTemplate.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_prints_what_it_says()
    {
        var template = Template.Parse("greeting", """
            {{- range $name, $port := .ports }}
            {{ $name | upper }}: {{ $port }}{{ if gt $port 1024.0 }} (high){{ end }}
            {{- end }}
            """, FunctionMap.Sprig().With("shout", (string s) => s + "!"));

        var text = template.Execute(JsonNode.Parse("""{"ports": {"web": 8080, "ssh": 22}}"""));
        Assert.Equal("\nSSH: 22\nWEB: 8080 (high)", text);
    }

    [Fact]
    public void Converted_json_prints_as_json_does()
    {
        var json = JsonNode.Parse("""{"a":[1,2.5,null,{"b":true}],"s":"x","n":1000000}""");
        var template = Template.Parse("t", "{{.}} {{toJson .}} {{(index .a 3).b}} {{kindOf .a}} {{typeOf .}}", FunctionMap.Sprig());
        Assert.Equal(template.Execute(json), template.Execute(JsonValues.Convert(json)));
    }

    [Fact]
    public void Functions_take_the_parameters_that_they_declare()
    {
        var functions = FunctionMap.Builtins
            .With("size", (IReadOnlyDictionary<string, object?> map) => map.Count)
            .With("node", (JsonNode? node) => node?.ToJsonString() ?? "none")
            .With("long", (long n) => n + 1)
            .With("join", (string separator, params string[] parts) => string.Join(separator, parts))
            .With("types", 0, 9, args => string.Join(',', args.Select(a => a?.GetType().Name ?? "null")));
        string Run(string text, object? data = null) => Template.Parse("t", text, functions).Execute(data);

        var json = JsonNode.Parse("""{"a":{"b":1},"c":[1]}""");
        Assert.Equal("1 {\"b\":1} [1] none", Run("{{size .a}} {{node .a}} {{node .c}} {{node .zz}}", json));
        Assert.Equal("4 18", Run("{{long 3}} {{long .}}", (nint)17));
        Assert.Equal("a-b ", Run("{{join \"-\" \"a\" \"b\"}} {{join \"-\"}}"));
        Assert.Equal("Int64,Double,String,null,Boolean", Run("{{types 1 1.5 \"s\" nil true}}"));
        Assert.Equal(
            "template: t:1:2: executing \"t\" at <types>: wrong number of args for types: want at most 9 got 10",
            Assert.Throws<TemplateException>(() => Run("{{types 1 2 3 4 5 6 7 8 9 10}}")).Message);
    }
}
