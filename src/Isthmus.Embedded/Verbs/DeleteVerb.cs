using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>delete and deletecollection, with finalizers, grace periods of pods, and preconditions.</summary>
internal sealed class DeleteVerb(WriteParts parts, ReadVerbs reader)
{
    private const long DefaultGraceSeconds = 30;
    private const string DefinitionFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>Deletes one object; the answer is the object, or a Status where the kind answers one and nothing is left of it.</summary>
    public async Task<JsonObject> DeleteAsync(ApiCall call, RequestBody body)
    {
        var options = DeleteOptions.Read(call.Query, body);
        NamespaceLifecycle.CheckDelete(call.Resource, call.Name ?? "");
        var (obj, gone) = await DeleteAsync(call, options, call.Name).ConfigureAwait(false);
        return gone && !call.Kind.Rules.DeleteAnswersObject ? Success(call.Resource, obj) : call.Kind.View(obj);
    }

    public async Task<JsonObject> DeleteCollectionAsync(ApiCall call, RequestBody body)
    {
        var options = DeleteOptions.Read(call.Query, body);
        var listed = reader.List(call);
        foreach (var item in listed["items"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            try
            {
                var one = call with { Name = item.Name(), Namespace = call.Resource.Namespaced ? item.Namespace() : null };
                // Reviews of a whole collection's deletion carry the objects but not their names.
                await DeleteAsync(one, options, reviewedName: null).ConfigureAwait(false);
            }
            catch (ApiStatusException e) when (e.Code == 404)
            {
                // Deleted by somebody else since it was listed, which is what was asked for.
            }
        }
        return listed;
    }

    private async Task<(JsonObject Object, bool Gone)> DeleteAsync(ApiCall call, DeleteOptions options, string? reviewedName)
    {
        while (true)
        {
            var stored = reader.Existing(call);
            CheckPreconditions(call, stored, options);
            var (marked, pending) = Mark(call, stored, options);
            if (pending)
            {
                return (stored, false);
            }
            var attributes = new AdmissionAttributes(call.Resource, call.Subresource, "DELETE", CreateVerb.AdmissionNamespace(call, stored), reviewedName,
                null, call.Kind.View(stored), options.Json.Copy(), call.User, options.DryRun);
            await parts.Admission.MutateAsync(attributes, call.Warnings, call.Cancellation).ConfigureAwait(false);
            await parts.Admission.ValidateAsync(attributes, call.Warnings, call.Cancellation).ConfigureAwait(false);
            var gone = marked is null || Deletion.MayGo(marked);
            if (options.DryRun)
            {
                return (marked ?? stored, gone);
            }
            if (Commit(call, stored, marked, gone) is { } done)
            {
                return (done, gone);
            }
        }
    }

    private JsonObject? Commit(ApiCall call, JsonObject stored, JsonObject? marked, bool gone)
    {
        var key = ReadVerbs.Key(call);
        if (marked is not null && !ReferenceEquals(marked, stored))
        {
            // A deletion in two writes: watchers see the mark first, then the end.
            if (parts.Store.Replace(key, stored, marked) is not { } replaced)
            {
                return null;
            }
            return gone ? parts.Store.Delete(key, replaced) ?? replaced : replaced;
        }
        return gone ? parts.Store.Delete(key, stored) : stored;
    }

    /// <summary>
    /// The object with its deletion noted; null where it simply goes, the same where the note is already there.
    /// Pending: a graceful deletion is under way, and this one would not shorten it.
    /// </summary>
    private (JsonObject? Marked, bool Pending) Mark(ApiCall call, JsonObject stored, DeleteOptions options)
    {
        var now = parts.Time.GetUtcNow();
        if (call.Resource.GroupResource == "pods")
        {
            return MarkPod(stored, options, now);
        }
        if (call.Resource.GroupResource == KindRegistry.Definitions && !stored.IsBeingDeleted())
        {
            return (MarkDefinition(stored, now), false);
        }
        if (stored.Finalizers().Count == 0 && !Deletion.HoldsNamespace(stored))
        {
            return (null, false);
        }
        if (stored.IsBeingDeleted())
        {
            return (stored, false);
        }
        var marked = stored.Copy();
        Deletion.Mark(marked, now, Deletion.HoldsNamespace(stored) ? null : 0);
        if (Deletion.HoldsNamespace(stored))
        {
            var status = (stored["status"] as JsonObject)?.Copy() ?? [];
            status["phase"] = "Terminating";
            marked["status"] = status;
        }
        return (marked, false);
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
        var marked = stored.Copy();
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

    private static void CheckPreconditions(ApiCall call, JsonObject stored, DeleteOptions options)
    {
        if (options.Uid.Length > 0 && options.Uid != stored.Uid())
        {
            throw ApiErrors.Conflict(call.Resource, call.Name ?? "",
                $"the UID in the precondition ({options.Uid}) does not match the UID in record ({stored.Uid()}). The object might have been deleted and then recreated");
        }
        if (options.ResourceVersion.Length > 0 && options.ResourceVersion != stored.ResourceVersion())
        {
            throw ApiErrors.Conflict(call.Resource, call.Name ?? "",
                $"the ResourceVersion in the precondition ({options.ResourceVersion}) does not match the ResourceVersion in record ({stored.ResourceVersion()}). The object might have been modified");
        }
    }

    private static JsonObject Success(ResourceDefinition resource, JsonObject obj)
    {
        var details = new JsonObject { ["name"] = obj.Name(), ["kind"] = resource.Plural, ["uid"] = obj.Uid() };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}
