using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>Background garbage collection: an object goes when the last of its owners is gone.</summary>
internal sealed class OwnerController(ObjectStore store, KindRegistry kinds, TimeProvider time)
{
    public void Follow(StoreEvent happened)
    {
        if (happened.Kind != StoreEventKind.Deleted || happened.Object.Uid() is not { Length: > 0 } uid)
        {
            return;
        }
        var resources = kinds.All.Select(k => k.Resource.GroupResource).Distinct().ToList();
        var owned = resources.SelectMany(r => store.List(r).Items.Select(o => (Resource: r, Object: o))).Where(e => Owners(e.Object).Contains(uid)).ToList();
        if (owned.Count == 0)
        {
            return;
        }
        var alive = resources.SelectMany(r => store.List(r).Items).Select(ObjectMetadata.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var (resource, obj) in owned.Where(e => !Owners(e.Object).Any(alive.Contains)))
        {
            Remove(new ObjectKey(resource, obj.Namespace(), obj.Name()), obj);
        }
    }

    private void Remove(ObjectKey key, JsonObject obj)
    {
        if (obj.Finalizers().Count == 0)
        {
            store.Delete(key, obj);
        }
        else if (!obj.IsBeingDeleted())
        {
            var marked = obj.Copy();
            Deletion.Mark(marked, time.GetUtcNow(), 0);
            store.Replace(key, obj, marked);
        }
    }

    private static List<string> Owners(JsonObject obj) =>
        obj["metadata"]?["ownerReferences"] is JsonArray list ? [.. list.OfType<JsonObject>().Select(o => o.Text("uid"))] : [];
}
