using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Apply;

/// <summary>What differs between two states of an object, field by field.</summary>
internal sealed class FieldComparison
{
    public FieldSet Added { get; } = new();

    public FieldSet Modified { get; } = new();

    public FieldSet Removed { get; } = new();

    public static FieldComparison Of(FieldType type, JsonObject before, JsonObject after)
    {
        var comparison = new FieldComparison();
        comparison.Compare(type, before, after, []);
        return comparison;
    }

    /// <summary>The fields that an applied configuration names.</summary>
    public static FieldSet Named(FieldType type, JsonObject applied)
    {
        var set = new FieldSet();
        Name(type, applied, [], set);
        return set;
    }

    private void Compare(FieldType type, JsonNode? before, JsonNode? after, List<string> path)
    {
        if (before is null && after is null)
        {
            return;
        }
        if (before is JsonObject or null && after is JsonObject or null && !type.IsAtomic)
        {
            var (from, to) = (before as JsonObject ?? [], after as JsonObject ?? []);
            if (from.Count > 0 || to.Count > 0)
            {
                CompareChildren(Children(type, from), Children(type, to), path);
                return;
            }
        }
        if (before is JsonArray or null && after is JsonArray or null && type.List != ListType.Atomic)
        {
            CompareChildren(Children(type, before), Children(type, after), path);
            return;
        }
        if (!JsonNode.DeepEquals(before, after))
        {
            Modified.Insert(path);
        }
    }

    private void CompareChildren(List<Child> before, List<Child> after, List<string> path)
    {
        var old = before.ToDictionary(c => c.Element, StringComparer.Ordinal);
        foreach (var child in after)
        {
            if (old.Remove(child.Element, out var same))
            {
                Compare(child.Type, same.Value, child.Value, [.. path, child.Element]);
            }
            else
            {
                InsertAll(child, path, Added);
            }
        }
        foreach (var gone in old.Values)
        {
            InsertAll(gone, path, Removed);
        }
    }

    private static void InsertAll(Child child, List<string> above, FieldSet set)
    {
        List<string> path = [.. above, child.Element];
        set.Insert(path);
        foreach (var below in Children(child.Type, child.Value))
        {
            InsertAll(below, path, set);
        }
    }

    private static void Name(FieldType type, JsonNode? value, List<string> above, FieldSet set)
    {
        foreach (var child in Children(type, value))
        {
            List<string> path = [.. above, child.Element];
            var below = Children(child.Type, child.Value);
            // Structs are there by their fields; list elements and entries of maps count by themselves too.
            var counts = below.Count == 0 || child.Element[0] != 'f' || !type.Declares(child.Element[2..]);
            if (counts && child is not { Value: JsonArray { Count: 0 }, Type.List: not ListType.Atomic })
            {
                set.Insert(path);
            }
            Name(child.Type, child.Value, path, set);
        }
    }

    private static List<Child> Children(FieldType type, JsonNode? value) => value switch
    {
        JsonObject obj when !type.IsAtomic => [.. obj.Select(f => new Child(FieldElements.Field(f.Key), f.Value, type.Field(f.Key)))],
        JsonArray list when type.List != ListType.Atomic => [.. FieldElements.Elements(type, list).Select(e => new Child(e.Key, e.Value, type.Item))],
        _ => [],
    };

    private sealed record Child(string Element, JsonNode? Value, FieldType Type);
}
