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
}
