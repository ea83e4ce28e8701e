using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Apply;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>update (PUT), and the path that every change of an existing object takes, patches too.</summary>
internal sealed class UpdateVerb(WriteParts parts, ObjectDecoder decoder, CreateVerb creator)
{
    private const string Options = "UpdateOptions";

    /// <summary>Kubernetes gives up a contended unconditional write after a few attempts.</summary>
    private const int Attempts = 20;

    public async Task<(JsonObject Object, bool Created)> ReplaceAsync(ApiCall call, RequestBody body)
    {
        var options = WriteOptions.Read(call.Query, Options);
        var wanted = decoder.Decode(call, body, options);
        CreateVerb.CheckNamespace(call, wanted);
        CheckName(call, wanted);
        var uid = wanted.Uid();
        var manager = options.FieldManager.Length > 0 ? options.FieldManager : call.Client;
        if (parts.Store.Get(ReadVerbs.Key(call)) is null)
        {
            if (!call.Kind.Rules.AllowCreateOnUpdate || call.Subresource is not null)
            {
                throw ApiErrors.NotFound(call.Resource, call.Name ?? "");
            }
            var made = await creator.StoreAsync(call, options, wanted,
                o => FieldOwnership.TrackUpdate(call.Kind, null, o, manager, null, parts.Time.GetUtcNow())).ConfigureAwait(false);
            return (made, true);
        }
        var changed = await ChangeAsync(call, options, current =>
        {
            if (uid.Length > 0 && uid != current.Uid())
            {
                throw ApiErrors.Conflict(call.Resource, call.Name ?? "",
                    $"StorageError: invalid object, Code: 4, Key: /registry/{StoragePath(call)}, ResourceVersion: 0, "
                    + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid()}");
            }
            var next = wanted.Copy();
            call.Kind.Rules.Default(next);
            return next;
        }, (current, next) => FieldOwnership.TrackUpdate(call.Kind, current, next, manager, call.Subresource, parts.Time.GetUtcNow())).ConfigureAwait(false);
        return (changed, false);
    }

    /// <summary>
    /// Makes the next state from the current one, admits, checks and stores it; again from the start when another write came between.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="options">Its options.</param>
    /// <param name="change">From the current state (a copy in the request's version) to the wanted one, defaulted.</param>
    /// <param name="track">Notes who owns the fields, given both states.</param>
    public async Task<JsonObject> ChangeAsync(ApiCall call, WriteOptions options, Func<JsonObject, JsonObject> change, Action<JsonObject, JsonObject> track)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stored = parts.Store.Get(ReadVerbs.Key(call)) ?? throw ApiErrors.NotFound(call.Resource, call.Name ?? "");
            var current = call.Kind.View(stored);
            var warned = call.Warnings.Count;
            var next = change(current.Copy());
            track(current, next);
            next = await AdmitAsync(call, options, current, next).ConfigureAwait(false);
            if (Commit(call, options, stored, current, next) is { } done)
            {
                return done;
            }
            call.Warnings.RemoveRange(warned, call.Warnings.Count - warned);
        }
        throw ApiErrors.Modified(call.Resource, call.Name ?? "");
    }

    public static void CheckName(ApiCall call, JsonObject obj)
    {
        var name = obj.Name();
        if (name.Length == 0)
        {
            throw ApiErrors.BadRequest($"the name of the object ({call.Name} based on URL) was undeterminable: name must be provided");
        }
        if (name != call.Name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({call.Name})");
        }
    }

    private async Task<JsonObject> AdmitAsync(ApiCall call, WriteOptions options, JsonObject current, JsonObject next)
    {
        var rules = call.Kind.Rules;
        if (call.Resource.Namespaced)
        {
            next.Metadata()["namespace"] = call.Namespace;
        }
        var attributes = new AdmissionAttributes(call.Resource, call.Subresource, "UPDATE", CreateVerb.AdmissionNamespace(call, next), call.Name,
            next, current, options.ToJson(Options), call.User, options.DryRun);
        next = await parts.Admission.MutateAsync(attributes, call.Warnings, call.Cancellation).ConfigureAwait(false) ?? next;
        rules.Default(next);
        CheckVersion(call, current, next);
        KeepServerFields(current, next);
        rules.PrepareForUpdate(next, current, call.Subresource, parts.Services);
        List<FieldError> errors = [.. rules.Validate(next), .. rules.ValidateUpdate(next, current, call.Subresource)];
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid(call.Resource, next.Name(), errors);
        }
        call.Warnings.AddRange(rules.Warnings(next));
        await parts.Admission.ValidateAsync(attributes with { Object = next }, call.Warnings, call.Cancellation).ConfigureAwait(false);
        return next;
    }

    /// <summary>An absent resourceVersion means "whatever is there" for the built-in kinds; custom ones insist on it.</summary>
    private static void CheckVersion(ApiCall call, JsonObject current, JsonObject next)
    {
        var version = next.ResourceVersion();
        if (version.Length > 0 && !ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw ApiErrors.Internal($"strconv.ParseUint: parsing \"{version}\": invalid syntax");
        }
        if (version is "" or "0")
        {
            if (!call.Kind.Rules.AllowUnconditionalUpdate)
            {
                throw ApiErrors.Invalid(call.Resource, next.Name(),
                    [new FieldError("FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update")]);
            }
            next.Metadata()["resourceVersion"] = current.ResourceVersion();
        }
        else if (version != current.ResourceVersion())
        {
            throw ApiErrors.Modified(call.Resource, next.Name());
        }
    }

    /// <summary>What a client may leave out, and what it may not touch.</summary>
    private static void KeepServerFields(JsonObject current, JsonObject next)
    {
        var (from, to) = (current.Metadata(), next.Metadata());
        foreach (var field in (ReadOnlySpan<string>)["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"])
        {
            if (from[field] is { } value)
            {
                to[field] = value.DeepClone();
            }
            else
            {
                to.Remove(field);
            }
        }
        if (to.Text("uid").Length == 0)
        {
            to["uid"] = from.Text("uid");
        }
    }

    /// <summary>Null when another write came between.</summary>
    private JsonObject? Commit(ApiCall call, WriteOptions options, JsonObject stored, JsonObject current, JsonObject next)
    {
        var key = ReadVerbs.Key(call);
        if (Deletion.MayGo(next))
        {
            // The last finalizer is gone: nothing is stored, the object is removed as it was before.
            return options.DryRun || parts.Store.Delete(key, stored) is not null ? next : null;
        }
        if (FieldOwnership.SameButForTimes(current, next))
        {
            return current;
        }
        if (options.DryRun)
        {
            return next;
        }
        return parts.Store.Replace(key, stored, next) is { } done ? call.Kind.View(done) : null;
    }

    private static string StoragePath(ApiCall call)
    {
        var key = ReadVerbs.Key(call);
        return call.Kind.Custom ? $"{call.Resource.Group}/{call.Resource.Plural}/{key.Path}" : $"{call.Resource.Plural}/{key.Path}";
    }
}
