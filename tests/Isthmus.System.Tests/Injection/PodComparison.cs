using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.System.Tests.Injection;

/// <summary>Pods as Istio's cases compare them: empty values do not count, quantities are canonical, the order of lists does count.</summary>
internal static class PodComparison
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string[] Quantities = ["limits", "requests"];

    public static string Normal(JsonNode? node, string field = "")
    {
        JsonNode? normal = Clean(node, field);
        return normal?.ToJsonString(Indented) ?? "";
    }

    private static JsonNode? Clean(JsonNode? node, string field)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach ((string key, JsonNode? value) in map.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    if ((Quantities.Contains(field) ? Canonical(value) : Clean(value, key)) is { } kept)
                        members[key] = kept;
                }
                return members.Count == 0 ? null : members;
            case JsonArray list:
                return list.Count == 0 ? null : new JsonArray([.. list.Select(item => Clean(item, ""))]);
            default:
                return node?.ToJsonString() is null or "\"\"" or "false" or "0" ? null : node.DeepClone();
        }
    }

    private static JsonValue? Canonical(JsonNode? quantity) => JsonValue.Create(Quantity.Canonical(quantity?.ToString()));
}
