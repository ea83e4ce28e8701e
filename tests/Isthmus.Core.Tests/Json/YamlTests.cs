using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Json;

public sealed class YamlTests
{
    [Theory]
    [InlineData("yes", "true")]
    [InlineData("n", "false")]
    [InlineData("Off", "false")]
    [InlineData("oN", "\"oN\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("010", "8")]
    [InlineData("08", "8")]
    [InlineData("0x1F", "31")]
    [InlineData("0b101", "5")]
    [InlineData("0o17", "15")]
    [InlineData("1_000", "1000")]
    [InlineData("+5", "5")]
    [InlineData("-", "null", "- ")]
    [InlineData("1e3", "1000")]
    [InlineData("1.50", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("1.", "1")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("2020-01-01", "\"2020-01-01\"")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("12e", "\"12e\"")]
    [InlineData("'yes'", "\"yes\"")]
    [InlineData("!!str yes", "\"yes\"")]
    [InlineData("!!int \"3\"", "3")]
    [InlineData("!!float 1", "1")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("!custom 5", "\"5\"")]
    public void Resolves_scalars_by_YAML_1_1(string text, string json, string? whole = null) =>
        Assert.Equal(whole is null ? $"{{\"k\":{json}}}" : $"[{json}]", GoJson.Write(Yaml.Read(whole ?? $"k: {text}\n")));

    [Theory]
    [InlineData("1: a\ntrue: b\n1.5: c\nyes2: d", """{"1":"a","true":"b","1.5":"c","yes2":"d"}""")]
    [InlineData("a: {b: 1,\n\n  c: 2,\n}", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a: |-\n\n  x\n    y2\n  # no comment\n   \n\nb: 1", "{\"a\":\"\\nx\\n  y2\\n# no comment\\n \",\"b\":1}")]
    [InlineData("a:\n- emptyDir:\n  name: x\n# comment\n- name: z\nb: []", """{"a":[{"emptyDir":null,"name":"x"},{"name":"z"}],"b":[]}""")]
    [InlineData("base: &b {x: 1, z: 2}\nt:\n  <<: *b\n  z: 3", """{"base":{"x":1,"z":2},"t":{"x":1,"z":3}}""")]
    [InlineData("t:\n  <<: [{x: 1}, {x: 2, z: 2}]", """{"t":{"x":1,"z":2}}""")]
    [InlineData("a: &x [1]\nb: *x", """{"a":[1],"b":[1]}""")]
    [InlineData("\"<<\": 1", """{"\u003c\u003c":1}""")]
    [InlineData("", "null")]
    [InlineData("# only a comment", "null")]
    public void Reads_as_go_yaml(string text, string json) => Assert.Equal(json, GoJson.Write(Yaml.Read(text), sortKeys: false));

    [Fact]
    public void Reads_several_documents_and_leaves_out_empty_ones() =>
        Assert.Equal(["{\"a\":1}", "{\"b\":2}"], Yaml.ReadAll("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").Select(node => node.ToJsonString()));

    [Theory]
    [InlineData("a: 1\nb: [\nc: }", 3)]
    [InlineData("a: 1\na: 2", 2)]
    [InlineData("a: *none", 1)]
    [InlineData("a: &a [*a]", 1)]
    [InlineData("a: .inf", 1)]
    [InlineData("<<: 5", 1)]
    [InlineData("? [a]\n: b", 1)]
    [InlineData("~: b", 1)]
    [InlineData("!!int x", 1)]
    [InlineData("a: !!b[ool x", 1)]
    [InlineData("'two\nlines': x\nb: y", 2)]
    public void Names_the_line_of_what_is_wrong(string text, long line)
    {
        YamlFormatException problem = Assert.Throws<YamlFormatException>(() => Yaml.Read(text));
        Assert.Equal(line, problem.Line);
        Assert.StartsWith($"yaml: line {line}: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_asked_to_the_last_of_equal_keys_wins() => Assert.Equal("{\"a\":2}", Yaml.Read("a: 1\na: 2", lastKeyWins: true)?.ToJsonString());

    [Fact]
    public void Aliases_cannot_explode()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Join("\n", Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]"));
        Assert.Contains("excessive aliasing", Assert.Throws<YamlFormatException>(() => Yaml.Read(bomb)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<YamlFormatException>(() => Yaml.Read(new string('[', 5_000) + new string(']', 5_000)));

    [Fact]
    public void Writes_in_the_style_of_Kubernetes()
    {
        var node = JsonNode.Parse("""
            {"port10":1,"port2":2,"b":{"list":[{"name":"x","args":["-c","true"]},[1,[]],"s"],"empty":{},"none":null},"a":"yes","t":"two\nlines","u":"two\nlines\n",
             "v":" lead\nx\n\n","e":"","d":"2020-01-01","q":"it's: so","h":"#x","n":"1e3","f":1.5,"g":1234567.5,"tab":"a\tb","neg":-3,"colon":"a:b","dash":"-x","trail":"x "}
            """);
        Assert.Equal(
            """
            a: "yes"
            b:
              empty: {}
              list:
              - args:
                - -c
                - "true"
                name: x
              - - 1
                - []
              - s
              none: null
            colon: a:b
            d: "2020-01-01"
            dash: -x
            e: ""
            f: 1.5
            g: 1.2345675e+06
            h: '#x'
            "n": "1e3"
            neg: -3
            port2: 2
            port10: 1
            q: 'it''s: so'
            t: |-
              two
              lines
            tab: "a\tb"
            trail: 'x '
            u: |
              two
              lines
            v: |2+
               lead
              x


            """,
            Yaml.Write(node));
    }

    [Fact]
    public void What_is_written_reads_back_the_same() =>
        JsonTrees.Any.Sample(tree => JsonNode.DeepEquals(Yaml.Read(Yaml.Write(tree)), tree), iter: 2_000);

    [Fact]
    public void Whatever_the_text_the_answer_is_a_node_or_a_reason() => Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char[":-#,[]{}&*!|>'\"%@`?\n\t <~"]).Array[0, 40].Sample(
        text =>
        {
            try
            {
                Yaml.ReadAll(new string(text));
            }
            catch (YamlFormatException problem)
            {
                Assert.NotEmpty(problem.Message);
            }
        },
        iter: 20_000);

    [Fact]
    public void Any_string_survives() => Gen.String.Sample(
        text => Yaml.Read(Yaml.Write(new JsonObject { ["k"] = text }))?["k"]?.GetValue<string>() == text, iter: 2_000);
}
