using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Schemas;
using Xunit;

namespace Isthmus.System.Tests.Schemas;

public sealed class SchemaTests
{
    private const string Schema = """
        {"type":"object","properties":{"spec":{"type":"object","required":["size"],"properties":{
          "size":{"type":"integer","minimum":1},"color":{"type":"string","default":"red"},"nul":{"type":"string","nullable":true},
          "name":{"type":"string","pattern":"^[a-z]+$"},"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
          "choice":{"type":"object","oneOf":[{"not":{"anyOf":[{"required":["a"]},{"required":["b"]}]}},{"required":["a"]},{"required":["b"]}],
            "properties":{"a":{"type":"string"},"b":{"type":"string"}}}}}}}
        """;

    [Fact]
    public void Prunes_what_the_schema_does_not_name_but_keeps_free_parts()
    {
        var widget = Parse("""{"apiVersion":"x/v1","kind":"W","metadata":{"name":"a"},"extra":1,"spec":{"bogus":1,"free":{"any":{"thing":[1]}}}}""");
        Assert.Equal(["extra", "spec.bogus"], SchemaPruner.Prune(widget, Parse(Schema)));
        Assert.Equal("""{"free":{"any":{"thing":[1]}}}""", widget["spec"]?.ToJsonString());
    }

    [Fact]
    public void Null_is_defaulted_kept_where_nullable_and_dropped_elsewhere()
    {
        var widget = Parse("""{"spec":{"color":null,"nul":null,"name":null}}""");
        SchemaDefaulter.Default(widget, Parse(Schema));
        Assert.Equal("""{"color":"red","nul":null}""", widget["spec"]?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"spec":{"size":1}}""", "")]
    [InlineData("""{"spec":{}}""", "spec.size: Required value")]
    [InlineData("""{"spec":{"size":2.5}}""", """spec.size: Invalid value: "number": spec.size in body must be of type integer: "number" """)]
    [InlineData("""{"spec":{"size":0}}""", "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1")]
    [InlineData("""{"spec":{"size":1,"name":"A"}}""", """spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'""")]
    [InlineData("""{"spec":{"size":1,"choice":{}}}""", "")]
    [InlineData("""{"spec":{"size":1,"choice":{"a":"1","b":"2"}}}""", """<nil>: Invalid value: "": "spec.choice" must validate one and only one schema (oneOf). Found 2 valid alternatives""")]
    public void Words_faults_as_Kubernetes_does(string widget, string expected) =>
        Assert.Equal(expected.Trim(), string.Join("; ", SchemaValidator.Validate(Parse(widget), Parse(Schema)).Select(error => $"{error.Field}: {error.Message}")));

    [Theory]
    [InlineData(".spec.hosts", """["a","b"]""")]
    [InlineData(".spec.ports[0].number", "80")]
    [InlineData(".spec.ports[*].number", "80,81")]
    [InlineData(".spec.ports[?(@.name==\"b\")].number", "81")]
    [InlineData(".spec.missing", "")]
    public void Finds_what_printer_columns_point_at(string path, string expected)
    {
        var found = JsonPathExpression.Parse(path).Find(Parse("""{"spec":{"hosts":["a","b"],"ports":[{"name":"a","number":80},{"name":"b","number":81}]}}"""));
        Assert.Equal(expected, string.Join(",", found.Select(value => value.AsText() ?? value?.ToJsonString())));
    }

    [Fact]
    public void A_schema_without_types_is_not_structural()
    {
        var errors = StructuralSchemaRules.Validate(Parse("""{"properties":{"a":{"type":"string"},"b":{"type":"array"},"c":{}}}"""), "s");
        Assert.Equal(["s.properties[b].items", "s.type", "s.properties[c].type"], errors.Select(error => error.Field));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json) as JsonObject ?? [];
}
