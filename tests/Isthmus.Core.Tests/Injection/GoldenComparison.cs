using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Structs;

namespace Isthmus.Core.Tests.Injection;

/// <summary>Compares pods as the golden cases ask: zero values, nulls and the spelling of quantities do not count, the order of lists does.</summary>
internal static class GoldenComparison
{
    private const string StatusAnnotation = "sidecar.istio.io/status";

    public static IReadOnlyList<string> Differences(JsonObject expected, JsonObject found, bool ignoreStatus = false)
    {
        var (left, right) = (Normal(expected, ignoreStatus), Normal(found, ignoreStatus));
        if (left["metadata"]?["namespace"] is null) (right["metadata"] as JsonObject)?.Remove("namespace");
        var differences = new List<string>();
        Compare("$", left, right, differences);
        return differences;
    }

    private static JsonObject Normal(JsonObject pod, bool ignoreStatus)
    {
        var normal = StructJson.Canonical(pod, PodSchema.Pod);
        if (normal["metadata"] is JsonObject metadata)
        {
            metadata.Remove("creationTimestamp");
            metadata.Remove("managedFields");
            if (ignoreStatus) (metadata["annotations"] as JsonObject)?.Remove(StatusAnnotation);
        }
        if (normal["status"] is null or JsonObject { Count: 0 }) normal.Remove("status");
        return normal;
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? found, List<string> differences)
    {
        switch (expected, found)
        {
            case (JsonObject left, JsonObject right):
                foreach (var (name, value) in left) Compare($"{path}.{name}", value, right[name], differences);
                foreach (var (name, value) in right)
                    if (!left.ContainsKey(name)) Compare($"{path}.{name}", null, value, differences);
                break;
            case (JsonArray left, JsonArray right):
                for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                    Compare($"{path}[{i}]", i < left.Count ? left[i] : null, i < right.Count ? right[i] : null, differences);
                break;
            default:
                if (!JsonNode.DeepEquals(expected, found)) differences.Add($"{path}: expected {Show(expected)}, found {Show(found)}");
                break;
        }
    }

    private static string Show(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "nothing";
        return text.Length > 400 ? text[..400] + "…" : text;
    }
}
