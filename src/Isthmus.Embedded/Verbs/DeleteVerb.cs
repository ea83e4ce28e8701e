using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>delete and deletecollection, with finalizers, grace periods of pods, and preconditions.</summary>
internal sealed class DeleteVerb(WriteParts parts, ReadVerbs reader)
{
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
            var (marked, pending) = DeletionMark.Make(call.Resource, stored, options, parts.Time.GetUtcNow());
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
