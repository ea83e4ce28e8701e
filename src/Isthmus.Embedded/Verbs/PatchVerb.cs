using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Apply;
using Isthmus.Embedded.Http;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>patch: JSON patch, merge patch, strategic merge patch and server-side apply.</summary>
internal sealed class PatchVerb(WriteParts parts, UpdateVerb updater, CreateVerb creator)
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";
    private const string ApplyType = "application/apply-patch+yaml";
    private const string Options = "PatchOptions";

    public async Task<(JsonObject Object, bool Created)> PatchAsync(ApiCall call, RequestBody body)
    {
        var known = body.MediaType is JsonPatchType or MergePatchType or ApplyType || (body.MediaType == StrategicType && !call.Kind.Custom);
        if (!known)
        {
            throw call.Kind.Custom
                ? new ApiStatusException(415, "UnsupportedMediaType",
                    $"the body of the request was in an unknown format - accepted media types include: {JsonPatchType}, {MergePatchType}, {ApplyType}")
                : ApiErrors.UnsupportedMediaType();
        }
        var apply = body.MediaType == ApplyType;
        var options = WriteOptions.Read(call.Query, Options, apply);
        return apply
            ? await ApplyAsync(call, options, body).ConfigureAwait(false)
            : (await ChangeAsync(call, options, body).ConfigureAwait(false), false);
    }

    private async Task<JsonObject> ChangeAsync(ApiCall call, WriteOptions options, RequestBody body)
    {
        var patch = Parse(body, out var duplicates);
        var manager = options.FieldManager.Length > 0 ? options.FieldManager : call.Client;
        return await updater.ChangeAsync(call, options,
            current =>
            {
                var patched = Patched(call, body.MediaType, patch, current);
                ObjectDecoder.DecodePatched(call, patched, duplicates, options);
                call.Kind.Rules.Default(patched);
                CreateVerb.CheckNamespace(call, patched);
                UpdateVerb.CheckName(call, patched);
                return patched;
            },
            (current, next) => FieldOwnership.TrackUpdate(call.Kind, current, next, manager, call.Subresource, parts.Time.GetUtcNow())).ConfigureAwait(false);
    }

    private async Task<(JsonObject Object, bool Created)> ApplyAsync(ApiCall call, WriteOptions options, RequestBody body)
    {
        var applied = ParseApplied(call, body);
        var now = parts.Time.GetUtcNow();
        if (parts.Store.Get(ReadVerbs.Key(call)) is null)
        {
            if (call.Subresource is not null)
            {
                throw ApiErrors.NotFound(call.Resource, call.Name ?? "");
            }
            UpdateVerb.CheckName(call, applied);
            CreateVerb.CheckNamespace(call, applied);
            var fresh = FieldOwnership.Apply(call.Kind, null, applied, options.FieldManager, options.Force, null, now);
            var made = await creator.StoreAsync(call, options, fresh, _ => { }).ConfigureAwait(false);
            return (made, true);
        }
        var changed = await updater.ChangeAsync(call, options,
            current =>
            {
                var next = FieldOwnership.Apply(call.Kind, current, applied, options.FieldManager, options.Force, call.Subresource, now);
                call.Kind.Rules.Default(next);
                CreateVerb.CheckNamespace(call, next);
                UpdateVerb.CheckName(call, next);
                return next;
            },
            (_, _) => { }).ConfigureAwait(false);
        return (changed, false);
    }

    private static JsonObject ParseApplied(ApiCall call, RequestBody body)
    {
        JsonNode? node;
        try
        {
            node = Yaml.Read(body.Text);
        }
        catch (YamlFormatException e)
        {
            throw ApiErrors.BadRequest($"error decoding YAML: error converting YAML to JSON: {e.Message}");
        }
        if (node is not JsonObject applied)
        {
            throw ApiErrors.BadRequest("error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}");
        }
        if (applied.Text("apiVersion") != call.Resource.ApiVersion)
        {
            throw ApiErrors.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {applied.Text("apiVersion")}, expected: {call.Resource.ApiVersion}");
        }
        if (applied.Metadata()["managedFields"] is not null)
        {
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        }
        return applied;
    }

    private static JsonNode? Parse(RequestBody body, out IReadOnlyList<string> duplicates)
    {
        try
        {
            var node = GoJsonReader.Read(body.Text, out duplicates);
            var wanted = body.MediaType == JsonPatchType ? "[]handlers.jsonPatchOp" : "map[string]interface {}";
            return (body.MediaType == JsonPatchType ? node is JsonArray : node is JsonObject)
                ? node
                : throw ApiErrors.BadRequest($"error decoding patch: json: cannot unmarshal {(node is JsonArray ? "array" : node is JsonObject ? "object" : "string")} into Go value of type {wanted}");
        }
        catch (GoJsonException e)
        {
            throw ApiErrors.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    private static JsonObject Patched(ApiCall call, string mediaType, JsonNode? patch, JsonObject current)
    {
        try
        {
            var outcome = (mediaType, patch) switch
            {
                (JsonPatchType, JsonArray operations) => JsonPatch.Apply(current, operations),
                (StrategicType, JsonObject changes) when MergeSchema.ForKind(call.Resource.ApiVersion, call.Resource.Kind) is { } schema =>
                    StrategicMerge.Apply(current, changes, schema),
                _ => JsonMergePatch.Apply(current, patch),
            };
            return outcome as JsonObject ?? throw Rejected();
        }
        catch (JsonPatchException)
        {
            throw Rejected();
        }
        catch (StrategicMergeException e)
        {
            // A list element without its merge key is the server's error to Kubernetes, not the client's.
            throw ApiErrors.Internal(e.Message);
        }
    }

    private static ApiStatusException Rejected() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);
}
