using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Infra;

/// <summary>One resource of a snapshot. Values that only a deployment knows are expressions in square brackets.</summary>
internal sealed record PredictedResource(string Id, string Type, string Name, JsonObject Body)
{
    public JsonNode? Property(params IEnumerable<string> path) =>
        path.Aggregate(Body["properties"], (node, name) => (node as JsonObject)?[name]);

    public string? Text(params IEnumerable<string> path) => Property(path)?.ToString();
}

/// <summary>The snapshots in infra/snapshots, which BicepFilesTests holds against the Bicep files.</summary>
internal static class PredictedResources
{
    public static IReadOnlyList<PredictedResource> All { get; } = [.. Read("main"), .. Read("events")];

    public static JsonObject Outputs { get; } = Json("main")["outputs"] as JsonObject ?? [];

    public static IEnumerable<PredictedResource> Of(string type) => All.Where(resource => string.Equals(resource.Type, type, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every value of the resource with the path to it.</summary>
    public static IEnumerable<(string Path, JsonValue Value)> Values(JsonNode? node, string path = "") => node switch
    {
        JsonObject fields => fields.SelectMany(field => Values(field.Value, $"{path}/{field.Key}")),
        JsonArray items => items.SelectMany((item, index) => Values(item, $"{path}/{index}")),
        JsonValue value => [(path, value)],
        _ => [],
    };

    private static IEnumerable<PredictedResource> Read(string name) =>
        (Json(name)["predictedResources"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(body => new PredictedResource(Field(body, "id"), Field(body, "type"), Field(body, "name"), body));

    private static JsonObject Json(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(BicepCli.Folder, "snapshots", $"{name}.snapshot.json"))) as JsonObject ?? [];

    private static string Field(JsonObject body, string name) => body[name]?.ToString() ?? "";
}
