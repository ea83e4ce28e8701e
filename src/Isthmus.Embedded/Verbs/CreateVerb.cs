using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Apply;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>create. Mutating admission comes before every check of the object, so that a webhook may mend or rename it.</summary>
internal sealed class CreateVerb(WriteParts parts, ObjectDecoder decoder)
{
    public const string Options = "CreateOptions";

    public async Task<JsonObject> CreateAsync(ApiCall call, RequestBody body)
    {
        var options = WriteOptions.Read(call.Query, Options);
        var obj = decoder.Decode(call, body, options);
        CheckNamespace(call, obj);
        var manager = options.FieldManager.Length > 0 ? options.FieldManager : call.Client;
        return await StoreAsync(call, options, obj, o => FieldOwnership.TrackUpdate(call.Kind, null, o, manager, null, parts.Time.GetUtcNow())).ConfigureAwait(false);
    }

    /// <summary>Creates a decoded object; <paramref name="track"/> notes who owns its fields.</summary>
    public async Task<JsonObject> StoreAsync(ApiCall call, WriteOptions options, JsonObject obj, Action<JsonObject> track)
    {
        var (resource, rules) = (call.Resource, call.Kind.Rules);
        FillNamespace(call, obj);
        NamespaceLifecycle.CheckCreate(parts.Store, resource, call.Namespace, obj.Name());
        rules.Default(obj);
        track(obj);
        var attributes = new AdmissionAttributes(resource, null, "CREATE", AdmissionNamespace(call, obj), obj.Name() is { Length: > 0 } name ? name : null,
            obj, null, options.ToJson(Options), call.User, options.DryRun);
        obj = await parts.Admission.MutateAsync(attributes, call.Warnings, call.Cancellation).ConfigureAwait(false) ?? obj;
        rules.Default(obj);
        var version = Prepare(call, obj);
        var errors = rules.Validate(obj).ToList();
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid(resource, obj.Name(), errors);
        }
        call.Warnings.AddRange(rules.Warnings(obj));
        await parts.Admission.ValidateAsync(
            attributes with { Object = obj, Name = obj.Name() }, call.Warnings, call.Cancellation).ConfigureAwait(false);
        if (version.Length > 0)
        {
            throw ApiErrors.Internal("resourceVersion should not be set on objects to be created");
        }
        var key = ObjectKey.Of(resource, obj);
        if (options.DryRun)
        {
            return parts.Store.Get(key) is { } taken ? throw ApiErrors.AlreadyExists(resource, obj.Name(), taken.IsBeingDeleted()) : obj;
        }
        return parts.Store.Create(key, obj)
            ?? throw ApiErrors.AlreadyExists(resource, obj.Name(), parts.Store.Get(key)?.IsBeingDeleted() ?? false);
    }

    /// <summary>The namespace that reviews name; for a Namespace, itself.</summary>
    public static string? AdmissionNamespace(ApiCall call, JsonObject? obj) =>
        call.Resource.GroupResource == NamespaceLifecycle.Namespaces ? call.Name ?? obj?.Name() : call.Namespace;

    public static void CheckNamespace(ApiCall call, JsonObject obj)
    {
        var given = obj.Namespace();
        var expected = call.Resource.Namespaced ? call.Namespace ?? "" : "";
        if (given.Length > 0 && given != expected)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private static void FillNamespace(ApiCall call, JsonObject obj)
    {
        if (call.Resource.Namespaced)
        {
            obj.Metadata()["namespace"] = call.Namespace;
        }
        else
        {
            obj.Metadata().Remove("namespace");
        }
    }

    /// <summary>Sets what the server alone decides, and answers the resourceVersion that the client had no business sending.</summary>
    private string Prepare(ApiCall call, JsonObject obj)
    {
        var metadata = obj.Metadata();
        FillNamespace(call, obj);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        call.Kind.Rules.PrepareForCreate(obj, parts.Services);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectMetadata.Timestamp(parts.Time.GetUtcNow());
        if (obj.Name().Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = GeneratedNames.From(prefix);
        }
        var version = metadata.Text("resourceVersion");
        metadata.Remove("resourceVersion");
        return version is "0" ? "" : version;
    }
}
