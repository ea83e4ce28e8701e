using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Xunit;

namespace Isthmus.Core.Tests.Kubernetes;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, Dictionary<string, string>> Objects = new()
    {
        ["a"] = new() { ["app"] = "x", ["tier"] = "1" },
        ["b"] = new() { ["app"] = "y", ["tier"] = "1" },
        ["c"] = new() { ["app"] = "z" },
        ["d"] = [],
        ["e"] = new() { ["app"] = "" },
    };

    /// <summary>The answers of a real API server.</summary>
    [Theory]
    [InlineData("app=x", "a")]
    [InlineData("app==x", "a")]
    [InlineData("app!=x", "bcde")]
    [InlineData("app in (x,y)", "ab")]
    [InlineData("app notin (x,y)", "cde")]
    [InlineData("app", "abce")]
    [InlineData("!app", "d")]
    [InlineData("app,tier=1", "ab")]
    [InlineData("app in (x),tier notin (2)", "a")]
    [InlineData("app=", "e")]
    [InlineData("app in (,x)", "ae")]
    [InlineData("tier>0", "ab")]
    [InlineData("tier<1", "")]
    [InlineData("app in (x, y),!zzz", "ab")]
    [InlineData("", "abcde")]
    [InlineData("app=x,app=y", "")]
    public void Selects(string selector, string expected) =>
        Assert.Equal(expected, string.Concat(Objects.Where(item => LabelSelector.Parse(selector).Matches(item.Value)).Select(item => item.Key)));

    [Theory]
    [InlineData("app in ", "unable to parse requirement: found '' expected: '('")]
    [InlineData("=x", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("app=x,,", "found ',', expected: identifier after ','")]
    [InlineData("app=a b", "found 'b', expected: ',' or 'end of string'")]
    [InlineData("app=x!", "found '!', expected: ',' or 'end of string'")]
    [InlineData("((", "found '(', expected: !, identifier, or 'end of string'")]
    [InlineData("bad key!=x", "unable to parse requirement: found 'key', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("app in (x", "unable to parse requirement: found '', expected: ',' or ')'")]
    public void Refuses_in_the_words_of_an_API_server(string selector, string message)
    {
        Assert.False(LabelSelector.TryParse(selector, out _, out string error));
        Assert.Equal(message, error);
    }

    [Theory]
    [InlineData("{}", "abcde")]
    [InlineData("""{"matchLabels":{"app":"x"}}""", "a")]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Exists"},{"key":"tier","operator":"DoesNotExist"}]}""", "ce")]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["x",""]}]}""", "bcd")]
    public void Reads_selector_objects(string json, string expected)
    {
        var selector = LabelSelector.FromJson(JsonNode.Parse(json)?.AsObject());
        Assert.Equal(expected, string.Concat(Objects.Where(item => selector.Matches(item.Value)).Select(item => item.Key)));
    }

    [Theory]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Near","values":["x"]}]}""", "\"Near\" is not a valid label selector operator")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"In"}]}""", "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")]
    public void Refuses_invalid_selector_objects(string json, string message)
    {
        Assert.False(LabelSelector.TryFromJson(JsonNode.Parse(json)?.AsObject(), out _, out string error));
        Assert.Equal(message, error);
    }

    [Fact]
    public void Null_selects_nothing() => Assert.False(LabelSelector.FromJson(null).Matches(new Dictionary<string, string>()));
}
