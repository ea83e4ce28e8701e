using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>A part of a pod as templates see it: a Go struct with Go's field names and zero values.</summary>
internal sealed class StructView(MergeSchema type, JsonObject value, IReadOnlyDictionary<string, object?>? replaced = null) : IGoObject
{
    private static readonly JsonObject Empty = [];

    private static readonly Dictionary<string, string> NoEntries = [];

    public MergeSchema Type => type;

    public JsonObject Value => value;

    public string GoType => "v1." + type.Name;

    public static StructView Of(MergeSchema type, JsonObject? value, IReadOnlyDictionary<string, object?>? replaced = null) =>
        new(type, value ?? Empty, replaced);

    /// <summary>The list of a struct's field, as templates range over it.</summary>
    public static IReadOnlyList<object?> Items(MergeField field, IEnumerable<JsonNode?>? list) =>
        list is null ? [] : [.. list.Select(item => Element(field, item))];

    public bool TryGetField(string name, out object? field)
    {
        if (replaced is not null && replaced.TryGetValue(name, out field)) return true;
        field = null;
        if (type.GoField(name) is not { } found) return false;
        value.TryGetPropertyValue(found.Json, out var node);
        field = found.Shape switch
        {
            FieldShape.List => Items(found, node as JsonArray),
            FieldShape.Map => TextMap(node as JsonObject),
            _ => Element(found, node),
        };
        return true;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = null;
        return false;
    }

    private static object? Element(MergeField field, JsonNode? node)
    {
        if (node is null && field is { Optional: true, Shape: FieldShape.One }) return null;
        if (field.Struct is { } type) return new StructView(type, node as JsonObject ?? Empty);
        return field.Type switch
        {
            "bool" => node is JsonValue flag && flag.TryGetValue(out bool set) && set,
            "int" => node.AsNumber() ?? 0L,
            "intorstring" => node.AsText() ?? (object)(node.AsNumber() ?? 0L),
            "string" or "time" => node.AsText() ?? "",
            _ => node,
        };
    }

    private static Dictionary<string, string> TextMap(JsonObject? map)
    {
        if (map is null) return NoEntries;
        var entries = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (key, item) in map) entries[key] = item.AsText() ?? item?.ToJsonString() ?? "";
        return entries;
    }
}
