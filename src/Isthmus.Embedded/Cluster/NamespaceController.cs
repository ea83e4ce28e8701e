using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>
/// What a controller manager does for namespaces: a default service account and the cluster's CA in a new one, and for
/// a terminating one the removal of all that is in it, then of itself.
/// </summary>
internal sealed class NamespaceController(ObjectStore store, KindRegistry kinds, TimeProvider time, string caCertificatePem)
{
    private const string Namespaces = NamespaceLifecycle.Namespaces;

    public void Follow(StoreEvent happened)
    {
        if (happened.Key.GroupResource != Namespaces)
        {
            if (happened.Kind == StoreEventKind.Deleted && happened.Key.Namespace.Length > 0
                && store.Get(new ObjectKey(Namespaces, "", happened.Key.Namespace)) is { } ns && ns.IsBeingDeleted())
            {
                Empty(ns);
            }
            return;
        }
        if (happened.Kind == StoreEventKind.Added)
        {
            Furnish(happened.Key.Name);
        }
        else if (happened.Kind == StoreEventKind.Modified && happened.Object.IsBeingDeleted())
        {
            Empty(happened.Object);
        }
    }

    private void Furnish(string ns)
    {
        Create("serviceaccounts", ns, "default", new JsonObject { ["kind"] = "ServiceAccount", ["apiVersion"] = "v1" });
        Create("configmaps", ns, "kube-root-ca.crt", new JsonObject
        {
            ["kind"] = "ConfigMap",
            ["apiVersion"] = "v1",
            ["data"] = new JsonObject { ["ca.crt"] = caCertificatePem },
        });
    }

    private void Create(string resource, string ns, string name, JsonObject obj)
    {
        var metadata = obj.Metadata();
        metadata["name"] = name;
        metadata["namespace"] = ns;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectMetadata.Timestamp(time.GetUtcNow());
        store.Create(new ObjectKey(resource, ns, name), obj);
    }

    private void Empty(JsonObject ns)
    {
        var name = ns.Name();
        var left = 0;
        foreach (var resource in kinds.All.Select(k => k.Resource).Where(r => r.Namespaced).Select(r => r.GroupResource).Distinct())
        {
            foreach (var obj in store.List(resource, name).Items)
            {
                left += Remove(new ObjectKey(resource, name, obj.Name()), obj) ? 0 : 1;
            }
        }
        var current = store.Get(new ObjectKey(Namespaces, "", name));
        if (left == 0 && current is not null && current.IsBeingDeleted() && current.Finalizers().Count == 0)
        {
            store.Delete(new ObjectKey(Namespaces, "", name), current);
        }
    }

    /// <summary>Whether the object is gone; one with finalizers is only marked.</summary>
    private bool Remove(ObjectKey key, JsonObject obj)
    {
        if (obj.Finalizers().Count == 0)
        {
            return store.Delete(key, obj) is not null || store.Get(key) is null;
        }
        if (!obj.IsBeingDeleted())
        {
            var marked = obj.Copy();
            Deletion.Mark(marked, time.GetUtcNow(), 0);
            store.Replace(key, obj, marked);
        }
        return false;
    }
}
