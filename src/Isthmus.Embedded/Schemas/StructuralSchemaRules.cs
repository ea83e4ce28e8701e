using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>Kubernetes demands structural schemas: every field that is named has a type, lists say what they hold.</summary>
internal static class StructuralSchemaRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] ListKinds = ["atomic", "map", "set"];

    public static IEnumerable<FieldError> Validate(JsonObject schema, string path) =>
        Unstructured(schema, path).Concat(Root(schema, path)).Concat(Members(schema, path));

    private static IEnumerable<FieldError> Root(JsonObject schema, string path)
    {
        var type = schema.Text("type");
        if (type.Length == 0)
            yield return FieldErrors.Required($"{path}.type", "must not be empty at the root");
        else if (type != "object")
            yield return FieldErrors.Invalid($"{path}.type", type, "must be object at the root");
    }

    private static IEnumerable<FieldError> Unstructured(JsonObject schema, string path)
    {
        var type = schema.Text("type");
        if (type.Length > 0 && !Types.Contains(type, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.type", type, Types);
        if (type == "array" && schema.Object("items") is null)
            yield return FieldErrors.Required($"{path}.items", "must be specified");
        if (schema.Flag("uniqueItems"))
            yield return FieldErrors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        if (schema["additionalProperties"] is not null && schema.Object("properties") is { Count: > 0 })
            yield return FieldErrors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        if (schema.Text("x-kubernetes-list-type") is { Length: > 0 } list && !ListKinds.Contains(list, StringComparer.Ordinal))
            yield return FieldErrors.NotSupported($"{path}.x-kubernetes-list-type", list, ListKinds);
        if (schema.Text("x-kubernetes-list-type") == "map" && !schema.Items("x-kubernetes-list-map-keys").Any())
            yield return FieldErrors.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        foreach (var (member, field, _) in Nested(schema, path))
            foreach (var error in Unstructured(member, field))
                yield return error;
    }

    private static IEnumerable<FieldError> Members(JsonObject schema, string path)
    {
        foreach (var (member, field, what) in Nested(schema, path))
        {
            if (member.Text("type").Length == 0 && !member.Flag("x-kubernetes-int-or-string") && !member.Flag("x-kubernetes-preserve-unknown-fields"))
                yield return FieldErrors.Required($"{field}.type", $"must not be empty for specified {what}");
            foreach (var error in Members(member, field))
                yield return error;
        }
    }

    private static IEnumerable<(JsonObject Schema, string Path, string What)> Nested(JsonObject schema, string path)
    {
        foreach (var (name, property) in schema.Object("properties") ?? [])
            if (property is JsonObject propertySchema)
                yield return (propertySchema, $"{path}.properties[{name}]", "object fields");
        if (schema.Object("items") is { } items)
            yield return (items, $"{path}.items", "array items");
        if (schema["additionalProperties"] is JsonObject additional)
            yield return (additional, $"{path}.additionalProperties", "object fields");
    }
}
