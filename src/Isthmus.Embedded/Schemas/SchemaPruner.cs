using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>Removes what a structural schema does not name (Kubernetes' pruning) and lists it.</summary>
internal static class SchemaPruner
{
    private static readonly string[] TypeMeta = ["apiVersion", "kind", "metadata"];

    /// <summary>Answers the paths of the removed fields, sorted.</summary>
    public static IReadOnlyList<string> Prune(JsonObject obj, JsonObject schema)
    {
        var removed = new List<string>();
        Prune(obj, schema, "", isResource: true, removed);
        removed.Sort(StringComparer.Ordinal);
        return removed;
    }

    private static void Prune(JsonNode? value, JsonObject schema, string path, bool isResource, List<string> removed)
    {
        switch (value)
        {
            case JsonArray array when schema.Object("items") is { } items:
                for (var i = 0; i < array.Count; i++)
                    Prune(array[i], items, $"{path}[{i}]", items.Flag("x-kubernetes-embedded-resource"), removed);
                break;
            case JsonObject obj:
                Members(obj, schema, path, isResource, removed);
                break;
        }
    }

    private static void Members(JsonObject obj, JsonObject schema, string path, bool isResource, List<string> removed)
    {
        var keepsUnknown = schema.Flag("x-kubernetes-preserve-unknown-fields");
        var additional = schema["additionalProperties"];
        foreach (var (name, value) in obj.ToArray())
        {
            if (isResource && TypeMeta.Contains(name, StringComparer.Ordinal))
                continue;
            var field = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.At("properties", name) is JsonObject property)
                Prune(value, property, field, property.Flag("x-kubernetes-embedded-resource"), removed);
            else if (additional is JsonObject anyProperty)
                Prune(value, anyProperty, field, anyProperty.Flag("x-kubernetes-embedded-resource"), removed);
            else if (!keepsUnknown && additional?.GetValueKind() != System.Text.Json.JsonValueKind.True)
            {
                obj.Remove(name);
                removed.Add(field);
            }
        }
    }
}
