using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection.Structs;

/// <summary>Whether Go could decode an object into its struct: istiod refuses a pod of which it cannot, so do we, in Go's words.</summary>
internal static class StructCheck
{
    /// <summary>The first thing that does not fit, or null; fields unknown to the struct are nobody's business.</summary>
    public static string? FirstError(JsonObject value, StructType type) => Members(value, type, "");

    /// <summary>The same for a list of structs, such as the containers of an annotation.</summary>
    public static string? FirstError(JsonNode? list, StructType type, string field)
    {
        if (list is null) return null;
        if (list is not JsonArray items) return Mismatch(list, type.Name, field, "[]" + GoName(type));
        foreach (var item in items)
            if (Struct(item, type, type.Name, field) is { } error) return error;
        return null;
    }

    private static string? Members(JsonObject value, StructType type, string path)
    {
        foreach (var (name, member) in value)
        {
            if (member is null || type.ByJson(name) is not { } field) continue;
            if (Field(member, field, type, path.Length == 0 ? name : path + "." + name) is { } error) return error;
        }
        return null;
    }

    private static string? Field(JsonNode value, FieldType field, StructType owner, string path)
    {
        if (!field.IsList) return Element(value, field, owner, path);
        if (value is not JsonArray list) return Mismatch(value, owner.Name, path, "[]" + GoType(field));
        foreach (var item in list)
            if (item is not null && Element(item, field, owner, path) is { } error) return error;
        return null;
    }

    private static string? Element(JsonNode value, FieldType field, StructType owner, string path)
    {
        switch (field.Kind)
        {
            case FieldKind.Any:
                return null;
            case FieldKind.Struct when field.Struct is { } type:
                return Struct(value, type, owner.Name, path);
            case FieldKind.TextMap or FieldKind.QuantityMap:
                return Map(value, field, owner, path);
            case FieldKind.Quantity:
                return QuantityError(value);
            case FieldKind.Flag:
                return value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : Mismatch(value, owner.Name, path, "bool");
            case FieldKind.Integer:
                return value.AsNumber() is null ? Mismatch(value, owner.Name, path, "int64") : null;
            case FieldKind.Port:
                return value.AsNumber() is null && value.AsText() is null ? Mismatch(value, owner.Name, path, "int32") : null;
            default:
                return value.AsText() is null ? Mismatch(value, owner.Name, path, "string") : null;
        }
    }

    private static string? Struct(JsonNode? value, StructType type, string owner, string path) => value switch
    {
        null => null,
        JsonObject members => Members(members, type, path),
        _ => Mismatch(value, owner, path, GoName(type)),
    };

    private static string? Map(JsonNode value, FieldType field, StructType owner, string path)
    {
        if (value is not JsonObject map) return Mismatch(value, owner.Name, path, "map[string]string");
        foreach (var (_, member) in map)
        {
            if (member is null) continue;
            if (field.Kind == FieldKind.QuantityMap)
            {
                if (QuantityError(member) is { } error) return error;
            }
            else if (member.AsText() is null)
            {
                return Mismatch(member, owner.Name, path, "string");
            }
        }
        return null;
    }

    /// <summary>Kubernetes' rule: a quantity may be written as a string or as a number.</summary>
    private static string? QuantityError(JsonNode value)
    {
        var text = value.AsText() ?? (value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : null);
        return text is { Length: 0 } || Quantity.TryParse(text, out _)
            ? null
            : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }

    private static string GoType(FieldType field) => field.Kind switch
    {
        FieldKind.Text or FieldKind.Time => "string",
        FieldKind.Flag => "bool",
        FieldKind.Integer => "int64",
        FieldKind.Struct when field.Struct is { } type => GoName(type),
        _ => "interface {}",
    };

    private static string GoName(StructType type) => type == StructType.ObjectMeta ? "v1.ObjectMeta" : "v1." + type.Name;

    private static string Mismatch(JsonNode value, string owner, string path, string wanted)
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
        return $"json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {wanted}";
    }
}
