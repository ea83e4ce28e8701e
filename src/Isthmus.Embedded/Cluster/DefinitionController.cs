using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>What the API server itself does with CRDs: accepts their names, and on their deletion removes their objects first.</summary>
internal sealed class DefinitionController(ObjectStore store, TimeProvider time)
{
    private const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    public void Follow(StoreEvent happened)
    {
        if (happened.Key.GroupResource != KindRegistry.Definitions || happened.Kind == StoreEventKind.Deleted)
        {
            return;
        }
        if (happened.Object.IsBeingDeleted())
        {
            CleanUp(happened);
        }
        else
        {
            Accept(happened);
        }
    }

    private void Accept(StoreEvent happened)
    {
        var accepted = happened.Object.Copy();
        var status = Status(accepted, ObjectMetadata.Timestamp(time.GetUtcNow()));
        if (!JsonNode.DeepEquals(status, happened.Object["status"]))
        {
            accepted["status"] = status;
            store.Replace(happened.Key, happened.Object, accepted);
        }
    }

    private static JsonObject Status(JsonObject definition, string now)
    {
        var spec = definition["spec"] as JsonObject ?? [];
        var before = definition["status"] as JsonObject;
        var stored = before?["storedVersions"] is JsonArray list ? list.OfType<JsonValue>().Select(v => v.ToString()).ToList() : [];
        var storage = (spec["versions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(v => v["storage"] is JsonValue s && s.TryGetValue<bool>(out var yes) && yes);
        if (storage is not null && !stored.Contains(storage.Text("name"), StringComparer.Ordinal))
        {
            stored.Add(storage.Text("name"));
        }
        var conditions = (before?["conditions"] as JsonArray)?.DeepClone().AsArray() ?? [];
        Ensure(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", now);
        Ensure(conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted", now);
        return new JsonObject
        {
            ["conditions"] = conditions,
            ["acceptedNames"] = (spec["names"] as JsonObject)?.Copy() ?? [],
            ["storedVersions"] = new JsonArray([.. stored.Select(v => JsonValue.Create(v))]),
        };
    }

    private static void Ensure(JsonArray conditions, string type, string reason, string message, string now)
    {
        if (conditions.OfType<JsonObject>().All(c => c.Text("type") != type))
        {
            conditions.Add(new JsonObject
            {
                ["type"] = type,
                ["status"] = "True",
                ["lastTransitionTime"] = now,
                ["reason"] = reason,
                ["message"] = message,
            });
        }
    }

    /// <summary>Deletes the objects of a definition that is being deleted, then lets it go. Finalizers of the objects do not hold up an embedded cluster.</summary>
    private void CleanUp(StoreEvent happened)
    {
        var spec = happened.Object["spec"] as JsonObject;
        var groupResource = $"{(spec?["names"] as JsonObject).Text("plural")}.{spec.Text("group")}";
        foreach (var obj in store.List(groupResource).Items)
        {
            store.Delete(new ObjectKey(groupResource, obj.Namespace(), obj.Name()), obj);
        }
        var left = happened.Object.Finalizers().Where(f => f != Finalizer).ToList();
        if (left.Count == 0)
        {
            store.Delete(happened.Key, happened.Object);
        }
    }
}
