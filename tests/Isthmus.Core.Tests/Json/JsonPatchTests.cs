using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Json;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":{"x/y":1,"m~n":2}}""", """[{"op":"remove","path":"/a/x~1y"},{"op":"replace","path":"/a/m~0n","value":3}]""", """{"a":{"m~n":3}}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/zzz","value":1}]""", """{"a":1,"zzz":1}""")]
    [InlineData("""{"l":[1,2]}""", """[{"op":"add","path":"/l/-","value":3},{"op":"add","path":"/l/0","value":0}]""", """{"l":[0,1,2,3]}""")]
    [InlineData("""{"l":[1,2]}""", """[{"op":"remove","path":"/l/-1"}]""", """{"l":[1]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"move","from":"/a/b","path":"/d"}]""", """{"a":{},"c":{"b":1},"d":1}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"test","path":"/none"}]""", """{"a":null}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":[7]}]""", "[7]")]
    public void Applies(string document, string patch, string expected)
    {
        JsonNode? before = JsonNode.Parse(document);
        JsonNode? after = JsonPatch.Apply(before, Patch(patch));
        Assert.Equal(expected, after?.ToJsonString());
        Assert.Equal(document, before?.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", "testing value /a failed: test failed")]
    [InlineData("""[{"op":"remove","path":"/zzz"}]""", "error in remove for path: '/zzz': Unable to remove nonexistent key: zzz: missing value")]
    [InlineData("""[{"op":"add","path":"/x/y","value":2}]""", "add operation does not apply: doc is missing path: \"/x/y\": missing value")]
    [InlineData("""[{"op":"replace","path":"/x/y","value":2}]""", "replace operation does not apply: doc is missing path: /x/y: missing value")]
    [InlineData("""[{"op":"replace","path":"/l/9","value":2}]""", "replace operation does not apply: doc is missing key: /l/9: missing value")]
    [InlineData("""[{"op":"add","path":"/l/4","value":2}]""", "error in add for path: '/l/4': Unable to access invalid index: 4: invalid index referenced")]
    [InlineData("""[{"op":"nope","path":"/a"}]""", "Unexpected kind: nope")]
    [InlineData("""[{"path":"/a"}]""", "Unexpected kind: unknown")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", "add operation does not apply: doc is missing path: \"a\": missing value")]
    public void Refuses_in_the_words_of_Kubernetes(string patch, string message)
    {
        JsonPatchException problem = Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":1,"l":[1]}"""), Patch(patch)));
        Assert.Equal(message, problem.Message);
        Assert.Equal(message.EndsWith("test failed", StringComparison.Ordinal), problem.TestFailed);
    }

    [Fact]
    public void Names_the_operation_that_failed() =>
        Assert.Equal(1, Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(new JsonObject(), Patch("""[{"op":"add","path":"/a","value":1},{"op":"remove","path":"/b"}]"""))).Operation);

    [Fact]
    public void Copies_cannot_explode()
    {
        string doubling = string.Join(",", Enumerable.Range(0, 40).Select(i => $$"""{"op":"copy","from":"/a","path":"/a/k{{i}}"}"""));
        Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":{"b":"text"}}"""), Patch($"[{doubling}]")));
    }

    [Fact]
    public void The_difference_applied_gives_the_other_value() =>
        Gen.Select(JsonTrees.Any, JsonTrees.Any).Sample((from, to) => JsonNode.DeepEquals(JsonPatch.Apply(from, JsonPatch.Diff(from, to)), to), iter: 2_000);

    [Fact]
    public void Equal_values_differ_by_nothing() => JsonTrees.Any.Sample(tree => JsonPatch.Diff(tree, tree?.DeepClone()).Count == 0, iter: 500);

    [Theory]
    [InlineData("[1,2,3]", "[0,1,2,3]", """[{"op":"add","path":"/0","value":0}]""")]
    [InlineData("[1,2,3]", "[1,3]", """[{"op":"remove","path":"/1"}]""")]
    [InlineData("[1,2,3]", "[1,2,3,4]", """[{"op":"add","path":"/-","value":4}]""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":3}}""", """[{"op":"replace","path":"/a/c","value":3}]""")]
    [InlineData("""{"a/b":1}""", """{"a/b":null,"c":1}""", """[{"op":"replace","path":"/a~1b","value":null},{"op":"add","path":"/c","value":1}]""")]
    public void Says_no_more_than_is_needed(string from, string to, string expected) =>
        Assert.Equal(expected, JsonPatch.Diff(JsonNode.Parse(from), JsonNode.Parse(to)).ToJsonString());

    [Fact]
    public void An_element_in_front_of_two_thousand_is_one_operation()
    {
        JsonArray from = [.. Enumerable.Range(0, 2_000).Select(i => (JsonNode)new JsonObject { ["name"] = $"v{i}" })];
        JsonNode to = from.DeepClone();
        to.AsArray().Insert(0, new JsonObject { ["name"] = "first" });
        Assert.Single(JsonPatch.Diff(from, to));
    }

    [Fact]
    public void Merge_patches_follow_RFC_7386() => Assert.Equal(
        """{"a":{"b":2},"c":[1]}""",
        JsonMergePatch.Apply(JsonNode.Parse("""{"a":{"b":1,"x":1},"y":2}"""), JsonNode.Parse("""{"a":{"b":2,"x":null},"c":[1],"y":null}"""))?.ToJsonString());

    private static JsonArray Patch(string text) => Assert.IsType<JsonArray>(JsonNode.Parse(text));
}
