using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection.Structs;

/// <summary>Whether Go could decode an object into its struct: istiod refuses a pod of which it cannot, so do we, in Go's words.</summary>
internal static class StructCheck
{
    /// <summary>The first thing that does not fit, or null; fields unknown to the struct are nobody's business.</summary>
    public static string? FirstError(JsonObject value, MergeSchema type) => Members(value, type, null);

    /// <summary>The same for a list of structs, such as the containers of an annotation.</summary>
    public static string? ListError(JsonNode? list, MergeSchema type, string field)
    {
        if (list is null) return null;
        var path = new FieldPath(null, field);
        if (list is not JsonArray items) return Mismatch(list, type.Name, path, "[]v1." + type.Name);
        foreach (var item in items)
            if (Struct(item, type, type.Name, path) is { } error) return error;
        return null;
    }

    private static string? Members(JsonObject value, MergeSchema type, FieldPath? path)
    {
        foreach (var (name, member) in value)
        {
            if (member is null || type.Field(name) is not { } field) continue;
            if (Field(member, field, type, new FieldPath(path, name)) is { } error) return error;
        }
        return null;
    }

    private static string? Field(JsonNode value, MergeField field, MergeSchema owner, FieldPath path)
    {
        switch (field.Shape)
        {
            case FieldShape.List:
                if (value is not JsonArray list) return Mismatch(value, owner.Name, path, "[]" + GoType(field));
                foreach (var item in list)
                    if (item is not null && Element(item, field, owner, path) is { } error) return error;
                return null;
            case FieldShape.Map:
                if (value is not JsonObject map) return Mismatch(value, owner.Name, path, "map[string]" + GoType(field));
                foreach (var (_, member) in map)
                    if (member is not null && Element(member, field, owner, path) is { } error) return error;
                return null;
            default:
                return Element(value, field, owner, path);
        }
    }

    private static string? Element(JsonNode value, MergeField field, MergeSchema owner, FieldPath path)
    {
        if (field.Struct is { } type) return Struct(value, type, owner.Name, path);
        var fits = field.Type switch
        {
            "string" or "time" => value.GetValueKind() == JsonValueKind.String,
            "bool" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "int" => value.AsNumber() is not null,
            "intorstring" => value.GetValueKind() == JsonValueKind.String || value.AsNumber() is not null,
            _ => true,
        };
        if (!fits) return Mismatch(value, owner.Name, path, GoType(field));
        return field.Type == "quantity" ? QuantityError(value) : null;
    }

    private static string? Struct(JsonNode? value, MergeSchema type, string owner, FieldPath path) => value switch
    {
        null => null,
        JsonObject members => Members(members, type, path),
        _ => Mismatch(value, owner, path, "v1." + type.Name),
    };

    /// <summary>Kubernetes' rule: a quantity may be written as a string or as a number.</summary>
    private static string? QuantityError(JsonNode value)
    {
        var text = value.AsText() ?? (value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : null);
        return text is { Length: 0 } || Quantity.TryParse(text, out _)
            ? null
            : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }

    private static string GoType(MergeField field) => field switch
    {
        { Struct: { } type } => "v1." + type.Name,
        { Type: "time" } => "string",
        { Type: "int" } => "int64",
        { Type: "intorstring" } => "int32",
        _ => field.Type,
    };

    private static string Mismatch(JsonNode value, string owner, FieldPath path, string wanted)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Number when wanted == "int64" => "number " + value.ToJsonString(),
            JsonValueKind.Number => "number",
            _ => "string",
        };
        return $"json: cannot unmarshal {found} into Go struct field {owner}.{path.Text} of type {wanted}";
    }

    /// <summary>Where a value stands; made into text only where there is an error.</summary>
    private sealed record FieldPath(FieldPath? Owner, string Name)
    {
        public string Text => Owner is null ? Name : $"{Owner.Text}.{Name}";
    }
}
