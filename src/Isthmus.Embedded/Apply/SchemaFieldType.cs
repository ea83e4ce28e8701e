using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Apply;

/// <summary>The merge rules of a custom resource, from its structural schema. Where there is none, objects merge and lists are atomic.</summary>
internal sealed class SchemaFieldType(JsonObject? schema, bool isRoot = false) : FieldType
{
    private static readonly BuiltInFieldType Metadata = new("ObjectMeta", "/metadata");

    public override bool IsAtomic => schema.Text("x-kubernetes-map-type") == "atomic";

    public override ListType List => schema.Text("x-kubernetes-list-type") switch
    {
        "set" => ListType.Set,
        "map" => ListType.Map,
        _ => ListType.Atomic,
    };

    public override IReadOnlyList<string> Keys =>
        schema?["x-kubernetes-list-map-keys"] is JsonArray keys ? [.. keys.OfType<JsonValue>().Select(k => k.ToString())] : [];

    public override FieldType Item => new SchemaFieldType(schema?["items"] as JsonObject);

    /// <summary>The schema of a served version of a CRD.</summary>
    public static SchemaFieldType Of(JsonObject definition, string version)
    {
        var served = (definition["spec"]?["versions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(v => v.Text("name") == version);
        return new SchemaFieldType(served?["schema"]?["openAPIV3Schema"] as JsonObject, isRoot: true);
    }

    public override FieldType Field(string name)
    {
        if (isRoot && name == "metadata")
        {
            return Metadata;
        }
        return new SchemaFieldType((schema?["properties"] as JsonObject)?[name] as JsonObject ?? schema?["additionalProperties"] as JsonObject);
    }

    public override bool Declares(string name) =>
        (isRoot && name is ("apiVersion" or "kind" or "metadata")) || (schema?["properties"] is JsonObject fields && fields.ContainsKey(name));

    public override JsonNode? KeyDefault(string key) => (Item.Field(key) as SchemaFieldType)?.Default;

    private JsonNode? Default => schema?["default"];
}
