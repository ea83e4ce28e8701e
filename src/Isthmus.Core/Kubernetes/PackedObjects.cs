using System.Collections;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Kubernetes;

/// <summary>Many objects of one kind, held as text; each is unpacked when it is looked at, and not kept.</summary>
public sealed class PackedObjects : IReadOnlyList<JsonObject>
{
    private readonly ImmutableArray<PackedObject> _objects;

    /// <summary>Where two are of one name, the first counts.</summary>
    public PackedObjects(IEnumerable<PackedObject> objects) => _objects = [.. objects.DistinctBy(obj => (obj.Namespace, obj.Name))];

    public int Count => _objects.Length;

    /// <summary>The objects as they are held, with what is needed to find one.</summary>
    public IEnumerable<PackedObject> Packed => _objects;

    public JsonObject this[int index] => _objects[index].Json.Unpack();

    public IEnumerator<JsonObject> GetEnumerator() => _objects.Select(obj => obj.Json.Unpack()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>An object as text, with its name beside it.</summary>
public readonly record struct PackedObject(string? Namespace, string Name, PackedJson Json)
{
    public static PackedObject Of(JsonObject obj) => new(obj.NamespaceName(), obj.Name(), new PackedJson(obj));
}
