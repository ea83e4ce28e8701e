using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Storage;

internal enum StoreEventKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>
/// One committed write. <see cref="Object"/> is the new state, for a deletion the last state under the deletion's
/// revision; <see cref="Previous"/> is what the write replaced.
/// </summary>
internal sealed record StoreEvent(long Revision, StoreEventKind Kind, ObjectKey Key, JsonObject Object, JsonObject? Previous);

/// <summary>The objects of one resource at one revision, in key order.</summary>
internal sealed record StoreSnapshot(long Revision, IReadOnlyList<JsonObject> Items);
