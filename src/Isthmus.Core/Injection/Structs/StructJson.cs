using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection.Structs;

/// <summary>
/// What an object looks like after Go decoded and encoded it: fields in the struct's order, zero values with omitempty left out, quantities
/// canonical. Go would drop fields that it does not know; here they follow the known ones, since a newer cluster may need them.
/// </summary>
internal static class StructJson
{
    public static JsonObject Canonical(JsonObject? value, StructType type)
    {
        var result = new JsonObject();
        foreach (var field in type.Fields)
        {
            JsonNode? member = null;
            value?.TryGetPropertyValue(field.JsonName, out member);
            if (Field(member, field, out var canonical)) result[field.JsonName] = canonical;
        }
        if (value is null) return result;
        foreach (var (name, member) in value)
            if (member is not null && type.ByJson(name) is null) result[name] = member.DeepClone();
        return result;
    }

    private static bool Field(JsonNode? value, FieldType field, out JsonNode? canonical)
    {
        if (field.IsList)
        {
            canonical = value is JsonArray list ? new JsonArray([.. list.Select(item => Element(item, field))]) : null;
            return field.IsAlwaysWritten || canonical is JsonArray { Count: > 0 };
        }
        if (field.IsPointer)
        {
            canonical = value is null ? null : Element(value, field);
            return value is not null || field.IsAlwaysWritten;
        }
        canonical = Element(value, field);
        return field.IsAlwaysWritten || !IsZero(canonical);
    }

    private static JsonNode? Element(JsonNode? value, FieldType field) => field.Kind switch
    {
        FieldKind.Struct when field.Struct is { } type => Canonical(value as JsonObject, type),
        FieldKind.Quantity => CanonicalQuantity(value),
        FieldKind.QuantityMap => QuantityMap(value as JsonObject),
        FieldKind.TextMap => TextMap(value as JsonObject),
        FieldKind.Text => value?.DeepClone() ?? "",
        FieldKind.Flag => value?.DeepClone() ?? false,
        FieldKind.Integer or FieldKind.Port => value?.DeepClone() ?? 0,
        _ => value?.DeepClone(),
    };

    private static JsonObject? TextMap(JsonObject? map) => map is null
        ? null
        : new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static JsonObject? QuantityMap(JsonObject? map)
    {
        if (map is null) return null;
        var result = new JsonObject();
        foreach (var (name, value) in map.OrderBy(member => member.Key, StringComparer.Ordinal)) result[name] = CanonicalQuantity(value);
        return result;
    }

    private static JsonNode CanonicalQuantity(JsonNode? value)
    {
        var text = value.AsText() ?? value?.ToJsonString();
        return string.IsNullOrEmpty(text) ? "0" : Quantity.Canonical(text) ?? text;
    }

    private static bool IsZero(JsonNode? value) => value switch
    {
        null => true,
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.False => true,
            JsonValueKind.String => value.AsText() is { Length: 0 },
            JsonValueKind.Number => value.AsNumber() == 0,
            _ => false,
        },
    };
}
