using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>
/// Defaults by a structural schema. A null counts as missing where the schema has a default and is not nullable;
/// where it has none, the null is dropped.
/// </summary>
internal static class SchemaDefaulter
{
    public static void Default(JsonNode? value, JsonObject schema)
    {
        switch (value)
        {
            case JsonArray array when schema.Object("items") is { } items:
                foreach (var item in array)
                    Default(item, items);
                break;
            case JsonObject obj:
                foreach (var (name, property) in schema.Object("properties") ?? [])
                    if (property is JsonObject propertySchema && propertySchema["default"] is { } defaultValue
                        && (!obj.ContainsKey(name) || (obj[name] is null && !propertySchema.Flag("nullable"))))
                        obj[name] = defaultValue.DeepClone();
                foreach (var (name, member) in obj.ToArray())
                    if ((schema.At("properties", name) ?? schema["additionalProperties"]) is JsonObject memberSchema)
                        if (member is null && !memberSchema.Flag("nullable"))
                            obj.Remove(name);
                        else
                            Default(member, memberSchema);
                break;
        }
    }
}
