using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Injection.Structs;

/// <summary>
/// What an object looks like after Go decoded and encoded it: fields in the struct's order, zero values with omitempty left out, quantities
/// canonical. Go would drop fields that it does not know; here they follow the known ones, since a newer cluster may need them.
/// </summary>
internal static class StructJson
{
    public static JsonObject Canonical(JsonObject? value, MergeSchema type)
    {
        var result = new JsonObject();
        foreach (var field in type.Fields)
        {
            JsonNode? member = null;
            value?.TryGetPropertyValue(field.Json, out member);
            var canonical = Field(member, field);
            if (IsAlwaysWritten(field) || !IsAbsent(canonical, field)) result[field.Json] = canonical;
        }
        if (value is null) return result;
        foreach (var (name, member) in value)
            if (member is not null && type.Field(name) is null) result[name] = member.DeepClone();
        return result;
    }

    /// <summary>encoding/json's rule: omitempty never leaves out a struct that is held by value.</summary>
    private static bool IsAlwaysWritten(MergeField field) =>
        field.Always || (field is { Shape: FieldShape.One, Optional: false } && (field.Struct is not null || field.Type is "quantity" or "time"));

    private static bool IsAbsent(JsonNode? canonical, MergeField field) => field is { Shape: FieldShape.One, Optional: true } ? canonical is null : IsZero(canonical);

    private static JsonNode? Field(JsonNode? value, MergeField field) => field.Shape switch
    {
        FieldShape.List => value is JsonArray list ? new JsonArray([.. list.Select(item => Element(item, field))]) : null,
        FieldShape.Map => value is JsonObject map
            ? new JsonObject(map.OrderBy(member => member.Key, GoOrder.Strings).Select(member => KeyValuePair.Create(member.Key, Element(member.Value, field))))
            : null,
        _ => value is null && field.Optional ? null : Element(value, field),
    };

    private static JsonNode? Element(JsonNode? value, MergeField field) => field.Struct is { } type
        ? Canonical(value as JsonObject, type)
        : field.Type switch
        {
            "quantity" => CanonicalQuantity(value),
            "string" => value?.DeepClone() ?? "",
            "bool" => value?.DeepClone() ?? false,
            "int" or "intorstring" => value?.DeepClone() ?? 0,
            _ => value?.DeepClone(),
        };

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
