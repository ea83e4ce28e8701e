using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>Garbage collection: an object goes when the last of its owners is gone; orphaned ones stay, foreground ones go first.</summary>
internal sealed class OwnerController(ObjectStore store, KindRegistry kinds, TimeProvider time)
{
    public void Follow(StoreEvent happened)
    {
        if (happened.Object.Uid() is not { Length: > 0 } uid)
        {
            return;
        }
        if (happened.Kind == StoreEventKind.Deleted)
        {
            Collect(uid);
        }
        else if (happened.Kind == StoreEventKind.Modified && happened.Object.IsBeingDeleted())
        {
            Finish(happened, uid);
        }
    }

    /// <summary>Does what a finalizer of the garbage collector waits for, then takes it out.</summary>
    private void Finish(StoreEvent happened, string uid)
    {
        var finalizers = happened.Object.Finalizers();
        if (finalizers.Contains(DeletionMark.Orphan, StringComparer.Ordinal))
        {
            Orphan(uid);
        }
        else if (finalizers.Contains(DeletionMark.Foreground, StringComparer.Ordinal))
        {
            foreach (var (key, dependent) in Owned(uid))
            {
                Remove(key, dependent);
            }
        }
        else
        {
            return;
        }
        var released = happened.Object.Copy();
        var left = finalizers.Where(f => f is not (DeletionMark.Orphan or DeletionMark.Foreground)).ToList();
        released.Metadata()["finalizers"] = new JsonArray([.. left.Select(f => JsonValue.Create(f))]);
        if (Deletion.MayGo(released))
        {
            store.Delete(happened.Key, happened.Object);
        }
        else
        {
            store.Replace(happened.Key, happened.Object, released);
        }
    }

    private void Orphan(string uid)
    {
        foreach (var (key, dependent) in Owned(uid))
        {
            var free = dependent.Copy();
            var owners = dependent["metadata"]?["ownerReferences"]?.AsArray().OfType<JsonObject>().Where(o => o.Text("uid") != uid).Select(o => o.DeepClone()) ?? [];
            free.Metadata()["ownerReferences"] = new JsonArray([.. owners]);
            store.Replace(key, dependent, free);
        }
    }

    private void Collect(string uid)
    {
        var owned = Owned(uid);
        if (owned.Count == 0)
        {
            return;
        }
        var alive = Resources().SelectMany(r => store.List(r).Items).Select(ObjectMetadata.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, obj) in owned.Where(e => !Owners(e.Object).Any(alive.Contains)))
        {
            Remove(key, obj);
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

    private List<(ObjectKey Key, JsonObject Object)> Owned(string uid) =>
        [.. Resources().SelectMany(r => store.List(r).Items.Select(o => (new ObjectKey(r, o.Namespace(), o.Name()), o))).Where(e => Owners(e.o).Contains(uid))];

    private List<string> Resources() => [.. kinds.All.Select(k => k.Resource.GroupResource).Distinct(StringComparer.Ordinal)];

    private static List<string> Owners(JsonObject obj) =>
        obj["metadata"]?["ownerReferences"] is JsonArray list ? [.. list.OfType<JsonObject>().Select(o => o.Text("uid"))] : [];
}
