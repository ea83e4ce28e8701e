using System.Text.Json.Nodes;
using CsCheck;

namespace Isthmus.Core.Tests.Json;

/// <summary>Random JSON trees with few distinct keys, so that two of them have something in common.</summary>
internal static class JsonTrees
{
    /// <summary>One of the given texts.</summary>
    public static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static readonly Gen<string> Key = Among("a", "b", "c", "a/b", "m~n", "", "10", "e f");

    private static readonly Gen<JsonNode?> Leaf = Gen.OneOf(
        Gen.Const((JsonNode?)null),
        Gen.Bool.Select(value => (JsonNode?)JsonValue.Create(value)),
        Gen.Int[-3, 3].Select(value => (JsonNode?)JsonValue.Create((long)value)),
        Among("", "x", "yes", "12", " lead", "two\nlines", "tail \n", "null", "a: b", "#c", "0x1F", "é\u2028", "2020-01-01", "- d", "tab\there")
            .Select(value => (JsonNode?)JsonValue.Create(value)));

    public static Gen<JsonNode?> Any { get; } = Gen.Recursive<JsonNode?>((depth, inner) => depth >= 4
        ? Leaf
        : Gen.Frequency(
            (2, Leaf),
            (2, inner.List[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (3, Map(inner).Select(map => (JsonNode?)map))));

    public static Gen<JsonObject> Object { get; } = Map(Any);

    private static Gen<JsonObject> Map(Gen<JsonNode?> inner) => Gen.Select(Key, inner).List[0, 5].Select(members =>
    {
        var map = new JsonObject();
        foreach ((string key, JsonNode? value) in members)
            map[key] = value?.DeepClone();
        return map;
    });
}
