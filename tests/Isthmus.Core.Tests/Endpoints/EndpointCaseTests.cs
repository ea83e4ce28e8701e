using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Xunit;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>What istiod's own generator answered, where its recordings are at hand.</summary>
public sealed class EndpointCaseTests
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>(EndpointCases.Files());
        if (data.Count == 0) data.Add(EndpointCases.None);
        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Answers_equal_those_of_istiod(string file)
    {
        var cases = EndpointCases.Read(file);
        var failures = new List<string>();
        foreach (var @case in cases)
            if (EndpointCases.Difference(Expected(@case), EndpointCases.Answer(@case)) is { } difference) failures.Add($"{@case["name"]}: {difference}");
        var name = Path.GetFileNameWithoutExtension(file);
        ConformanceReport.Write($"endpoints-{name}", $"endpoint cases of {name}: {cases.Count - failures.Count} of {cases.Count} pass");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(5)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_case_fails_when_one_expected_value_is_altered(string file)
    {
        foreach (var @case in EndpointCases.Read(file))
        {
            var answer = EndpointCases.Answer(@case);
            var altered = 0;
            foreach (var alter in Alterations(Expected(@case)))
            {
                altered++;
                Assert.True(EndpointCases.Difference(alter, answer) is not null, $"{@case["name"]} passes with {alter.ToJsonString()}");
            }
            Assert.True(altered > 0, $"{@case["name"]} has nothing to alter");
        }
    }

    /// <summary>Mutual TLS as the policies give it, without what was recorded of their outcome.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void The_policies_give_what_istiod_made_of_them(string file)
    {
        foreach (var @case in EndpointCases.Read(file))
        {
            foreach (var endpoint in @case["endpoints"]?.AsArray() ?? []) endpoint?.AsObject().Remove("mtlsDisabled");
            var difference = EndpointCases.Difference(Expected(@case), EndpointCases.Answer(@case));
            Assert.True(difference is null, $"{@case["name"]}: {difference}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_factor_is_the_one_that_istiod_found(string file)
    {
        foreach (var @case in EndpointCases.Read(file))
            Assert.Equal((ulong?)(long?)@case["scaleFactor"], EndpointSnapshotReader.Read(@case, Compatibility.Istio, out _)?.Gateways.ScaleFactor);
    }

    private static JsonArray Expected(JsonObject @case) => Assert.IsType<JsonArray>(@case["expected"]);

    /// <summary>Each with one value changed; an empty answer with a group more.</summary>
    private static IEnumerable<JsonArray> Alterations(JsonArray expected)
    {
        yield return new JsonArray([.. expected.Select(group => group?.DeepClone()), new JsonObject { ["locality"] = "altered", ["endpoints"] = new JsonArray() }]);
        for (var leaf = 0; ; leaf++)
        {
            var copy = expected.DeepClone().AsArray();
            if (!Alter(copy, leaf)) yield break;
            yield return copy;
        }
    }

    private static bool Alter(JsonNode root, int leaf)
    {
        var leaves = Leaves(root).ToList();
        if (leaf >= leaves.Count) return false;
        leaves[leaf].ReplaceWith(leaves[leaf].GetValueKind() switch
        {
            JsonValueKind.String => JsonValue.Create(leaves[leaf].GetValue<string>() + "x"),
            JsonValueKind.Number => JsonValue.Create(leaves[leaf].GetValue<long>() + 1),
            JsonValueKind.True => JsonValue.Create(false),
            _ => JsonValue.Create(true),
        });
        return true;
    }

    private static IEnumerable<JsonValue> Leaves(JsonNode? node) => node switch
    {
        JsonObject owner => owner.SelectMany(member => Leaves(member.Value)),
        JsonArray list => list.SelectMany(Leaves),
        JsonValue value => [value],
        _ => [],
    };
}
