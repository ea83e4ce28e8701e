using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection.Structs;

namespace Isthmus.Core.Injection.Templates;

/// <summary>A part of a pod as templates see it: a Go struct with Go's field names and zero values.</summary>
internal sealed class StructView(StructType type, JsonObject value, IReadOnlyDictionary<string, object?>? replaced = null) : IGoObject
{
    private static readonly JsonObject Empty = [];

    private static readonly Dictionary<string, string> NoEntries = [];

    public StructType Type => type;

    public JsonObject Value => value;

    public string GoType => "v1." + type.Name;

    public static StructView Of(StructType type, JsonObject? value, IReadOnlyDictionary<string, object?>? replaced = null) =>
        new(type, value ?? Empty, replaced);

    public bool TryGetField(string name, out object? field)
    {
        if (replaced is not null && replaced.TryGetValue(name, out field)) return true;
        field = null;
        if (type.ByGo(name) is not { } found) return false;
        value.TryGetPropertyValue(found.JsonName, out var node);
        field = found.IsList ? Items(found, node as JsonArray) : Element(found, node);
        return true;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = null;
        return false;
    }

    /// <summary>The list of a struct's field, as templates range over it.</summary>
    public static IReadOnlyList<object?> Items(FieldType field, IEnumerable<JsonNode?>? list) =>
        list is null ? [] : [.. list.Select(item => Element(field, item))];

    private static object? Element(FieldType field, JsonNode? node) => field.Kind switch
    {
        FieldKind.Struct when field.Struct is { } type =>
            node is JsonObject members ? new StructView(type, members) : field.IsPointer ? null : new StructView(type, Empty),
        FieldKind.TextMap or FieldKind.QuantityMap => TextMap(node as JsonObject),
        FieldKind.Flag => node is JsonValue flag && flag.TryGetValue(out bool set) ? set : field.IsPointer ? null : false,
        FieldKind.Integer => node.AsNumber() is { } number ? number : field.IsPointer ? null : 0L,
        FieldKind.Port when node.AsNumber() is { } port => port,
        FieldKind.Any => node,
        _ => node.AsText() ?? (field.IsPointer ? null : ""),
    };

    private static Dictionary<string, string> TextMap(JsonObject? map)
    {
        if (map is null) return NoEntries;
        var entries = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (key, item) in map) entries[key] = item.AsText() ?? item?.ToJsonString() ?? "";
        return entries;
    }
}
