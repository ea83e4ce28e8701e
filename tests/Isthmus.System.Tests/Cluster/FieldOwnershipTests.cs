using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Embedded.Apply;
using Xunit;

namespace Isthmus.System.Tests.Cluster;

/// <summary>Field sets and the merge of applied configurations.</summary>
public sealed class FieldOwnershipTests
{
    private static readonly string[] Elements = ["f:a", "f:b", "k:{\"name\":\"x\"}", "v:1"];

    private static readonly Gen<string[]> Path = Gen.Int[0, 3].Select(i => Elements[i]).Array[1, 4];

    private static readonly Gen<FieldSet> Sets = Path.Array[0, 8].Select(Set);

    [Fact]
    public void A_field_set_survives_being_written() =>
        Sets.Sample(set => Assert.Equal(set.ToJson().ToJsonString(), FieldSet.Parse(set.ToJson()).ToJson().ToJsonString()));

    [Fact]
    public void Taking_away_and_adding_what_is_shared_gives_the_set_back() => Gen.Select(Sets, Sets).Sample((a, b) =>
        Assert.Equal(a.ToJson().ToJsonString(), a.Except(b).Union(a.Intersect(b)).ToJson().ToJsonString()));

    [Fact]
    public void Applying_twice_changes_nothing_more()
    {
        var type = new BuiltInFieldType("Pod");
        var live = Parse("""{"spec":{"containers":[{"name":"a","image":"i","ports":[{"containerPort":80,"protocol":"TCP"}]},{"name":"z"}]}}""");
        var applied = Parse("""{"spec":{"containers":[{"name":"b"},{"name":"a","ports":[{"containerPort":81}]}]}}""");

        var once = FieldMerge.Merge(type, live, applied);
        var twice = FieldMerge.Merge(type, once, applied);

        Assert.Equal(once?.ToJsonString(), twice?.ToJsonString());
        Assert.Equal(["b", "a", "z"], once?["spec"]?["containers"]?.AsArray().Select(c => (string?)c?["name"]));
        Assert.Equal(2, once?["spec"]?["containers"]?[1]?["ports"]?.AsArray().Count);
    }

    private static FieldSet Set(string[][] paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
        {
            set.Insert(path);
        }
        return set;
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)?.AsObject() ?? [];
}
