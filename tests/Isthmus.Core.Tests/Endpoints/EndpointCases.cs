using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Xunit;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Istio's recorded cases: those beside the checkout, and those of the folders in ENDPOINT_CASES.</summary>
internal static class EndpointCases
{
    public const string None = "none";

    public static IEnumerable<string> Files()
    {
        var folders = (Environment.GetEnvironmentVariable("ENDPOINT_CASES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var folder in folders) Assert.True(Directory.Exists(folder), $"ENDPOINT_CASES: no folder {folder}");
        if (Repository.Shared is { } shared && Path.Combine(shared, "istio", "endpoints", "cases") is var own && Directory.Exists(own)) folders.Insert(0, own);
        return folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal)).Distinct();
    }

    public static List<JsonObject> Read(string file)
    {
        Assert.SkipWhen(file == None, "neither the shared folder nor ENDPOINT_CASES is there, so Istio's recorded endpoints did not run");
        var cases = File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => Assert.IsType<JsonObject>(JsonNode.Parse(line))).ToList();
        Assert.NotEmpty(cases);
        return cases;
    }

    public static JsonArray Answer(JsonObject @case, Compatibility compatibility = Compatibility.Istio)
    {
        var snapshot = EndpointSnapshotReader.Read(@case, compatibility, out var errors);
        Assert.True(snapshot is not null, string.Join('\n', errors));
        return AssignmentJson.Write(snapshot.Assign(), snapshot.Proxy);
    }

    /// <summary>The first difference, or null. The order of endpoints inside a group does not count: istiod's own sort is not total.</summary>
    public static string? Difference(JsonArray expected, JsonArray answer)
    {
        if (expected.Count != answer.Count) return $"{answer.Count} groups instead of {expected.Count}";
        for (var i = 0; i < expected.Count; i++)
        {
            var (wanted, got) = (Sorted(expected[i]), Sorted(answer[i]));
            if (!JsonNode.DeepEquals(wanted, got)) return $"group {i}: expected {wanted.ToJsonString()}\n    but got {got.ToJsonString()}";
        }
        return null;
    }

    private static JsonObject Sorted(JsonNode? group)
    {
        var copy = Assert.IsType<JsonObject>(group?.DeepClone());
        var endpoints = Assert.IsType<JsonArray>(copy["endpoints"]).Select(endpoint => endpoint?.DeepClone()).OrderBy(endpoint => endpoint?.ToJsonString(), StringComparer.Ordinal);
        copy["endpoints"] = new JsonArray([.. endpoints]);
        return copy;
    }
}
