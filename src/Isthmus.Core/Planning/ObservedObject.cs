using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>An object as it was found.</summary>
public readonly record struct ObservedObject
{
    private readonly JsonObject? _live;
    private readonly PackedJson? _packed;

    public ObservedObject(ObjectId id, JsonObject live) => (Id, _live) = (id, live);

    public ObservedObject(ObjectId id, PackedJson live) => (Id, _packed) = (id, live);

    public ObjectId Id { get; }

    /// <summary>The object; one that is held packed is unpacked at each look.</summary>
    public JsonObject Live => _live ?? _packed?.Unpack() ?? [];

    /// <summary>Whether it is certain that our part of it is in place, and it is not about to go: known at once of objects that are held packed.</summary>
    internal bool IsInPlace(JsonObject desired) => _packed?.Read(live => InPlace.IsCertain(live, desired)) == true;
}
