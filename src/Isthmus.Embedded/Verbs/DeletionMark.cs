using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>What the first step of a deletion leaves: nothing, or the object with the note that it is being deleted.</summary>
internal static class DeletionMark
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    private const long DefaultGraceSeconds = 30;
    private const string DefinitionFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>
    /// The object with its deletion noted; null where it simply goes, the same where the note is already there.
    /// Pending: a graceful deletion is under way, and this one would not shorten it.
    /// </summary>
    public static (JsonObject? Marked, bool Pending) Make(ResourceDefinition resource, JsonObject stored, DeleteOptions options, DateTimeOffset now)
    {
        if (resource.GroupResource == "pods")
        {
            return MarkPod(stored, options, now);
        }
        if (resource.GroupResource == KindRegistry.Definitions && !stored.IsBeingDeleted())
        {
            return (MarkDefinition(stored, now), false);
        }
        var held = Held(stored, options);
        var isNamespace = Deletion.HoldsNamespace(stored);
        if (held.Finalizers().Count == 0 && !isNamespace)
        {
            return (null, false);
        }
        if (stored.IsBeingDeleted())
        {
            return (JsonNode.DeepEquals(held, stored) ? stored : held, false);
        }
        Deletion.Mark(held, now, isNamespace ? null : 0);
        if (isNamespace)
        {
            var status = (stored["status"] as JsonObject)?.Copy() ?? [];
            status["phase"] = "Terminating";
            held["status"] = status;
        }
        return (held, false);
    }

    /// <summary>
    /// A copy with the garbage collector's finalizer that the propagation policy asks for. Without a policy the finalizers stay as
    /// they are; Background takes them out.
    /// </summary>
    private static JsonObject Held(JsonObject stored, DeleteOptions options)
    {
        var held = stored.Copy();
        if (options.PropagationPolicy.Length == 0)
        {
            return held;
        }
        var finalizers = stored.Finalizers().Where(f => f is not (Orphan or Foreground)).ToList();
        if (options.PropagationPolicy is "Orphan" or "Foreground")
        {
            finalizers.Add(options.PropagationPolicy == "Orphan" ? Orphan : Foreground);
        }
        if (finalizers.Count == 0)
        {
            held.Metadata().Remove("finalizers");
        }
        else
        {
            held.Metadata()["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
        }
        return held;
    }

    // The kubelet ends a pod that has a node, so its deletion waits for it; without one there is nobody to wait for.
    private static (JsonObject? Marked, bool Pending) MarkPod(JsonObject stored, DeleteOptions options, DateTimeOffset now)
    {
        var asked = options.GracePeriodSeconds;
        var granted = stored.Metadata().Integer("deletionGracePeriodSeconds");
        if (stored.IsBeingDeleted())
        {
            if (granted is null or 0 && stored.Finalizers().Count == 0)
            {
                return (null, false);
            }
            if (asked is null || asked >= granted)
            {
                return (stored, true);
            }
        }
        var seconds = asked ?? (stored["spec"] as JsonObject).Integer("terminationGracePeriodSeconds") ?? DefaultGraceSeconds;
        var finished = (stored["status"] as JsonObject).Text("phase") is "Failed" or "Succeeded";
        if ((stored["spec"] as JsonObject).Text("nodeName").Length == 0 || finished)
        {
            seconds = 0;
        }
        var marked = Held(stored, options);
        Deletion.Mark(marked, now, Math.Max(0, seconds));
        return (marked, false);
    }

    private static JsonObject MarkDefinition(JsonObject stored, DateTimeOffset now)
    {
        var marked = stored.Copy();
        var metadata = marked.Metadata();
        metadata["deletionTimestamp"] = ObjectMetadata.Timestamp(now);
        List<string> finalizers = [.. stored.Finalizers()];
        if (!finalizers.Contains(DefinitionFinalizer, StringComparer.Ordinal))
        {
            finalizers.Add(DefinitionFinalizer);
        }
        metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
        if (marked["status"]?["conditions"] is JsonArray conditions)
        {
            conditions.Add(new JsonObject
            {
                ["type"] = "Terminating",
                ["status"] = "True",
                ["lastTransitionTime"] = ObjectMetadata.Timestamp(now),
                ["reason"] = "InstanceDeletionPending",
                ["message"] = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
            });
        }
        return marked;
    }
}
