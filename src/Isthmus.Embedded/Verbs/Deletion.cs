using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>The rules of when an object that is being deleted may go.</summary>
internal static class Deletion
{
    /// <summary>Whether nothing holds the object back any longer: no finalizer, no grace period.</summary>
    public static bool MayGo(JsonObject obj) =>
        obj.IsBeingDeleted()
        && obj.Finalizers().Count == 0
        && (obj.Metadata().Integer("deletionGracePeriodSeconds") ?? 0) == 0
        && !HoldsNamespace(obj);

    public static void Mark(JsonObject obj, DateTimeOffset now, long? gracePeriodSeconds)
    {
        var metadata = obj.Metadata();
        metadata["deletionTimestamp"] = ObjectMetadata.Timestamp(now + TimeSpan.FromSeconds(gracePeriodSeconds ?? 0));
        if (gracePeriodSeconds is { } seconds)
        {
            metadata["deletionGracePeriodSeconds"] = seconds;
        }
        if (metadata.Integer("generation") is > 0 and { } generation)
        {
            metadata["generation"] = generation + 1;
        }
    }

    /// <summary>A namespace has finalizers of its own in its spec, which the namespace controller takes out.</summary>
    public static bool HoldsNamespace(JsonObject obj) =>
        obj.Text("kind") == "Namespace" && obj.Text("apiVersion") == "v1" && obj["spec"]?["finalizers"] is JsonArray { Count: > 0 };
}
