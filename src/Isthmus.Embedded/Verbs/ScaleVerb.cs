using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Apply;
using LabelSelector = Isthmus.Core.Kubernetes.LabelSelector;

namespace Isthmus.Embedded.Verbs;

/// <summary>The scale subresource: the replicas of a Deployment or ReplicaSet, seen as autoscaling/v1 Scale.</summary>
internal sealed class ScaleVerb(ReadVerbs reader, UpdateVerb updater, TimeProvider time)
{
    private const string ApiVersion = "autoscaling/v1";

    public async Task<JsonObject> AnswerAsync(string verb, ApiCall call, RequestBody body)
    {
        if (verb == "get")
        {
            return Scale(reader.Existing(call));
        }
        var options = WriteOptions.Read(call.Query, verb == "patch" ? "PatchOptions" : "UpdateOptions");
        var manager = options.FieldManager.Length > 0 ? options.FieldManager : call.Client;
        var given = body.MediaType.EndsWith("+json", StringComparison.Ordinal)
            ? (body with { MediaType = "application/json" }).ParseAny("Scale", out _)
            : body.ParseAny("Scale", out _);
        var changed = await updater.ChangeAsync(call with { Subresource = null }, options, current =>
        {
            var scale = Wanted(verb, body.MediaType, Scale(current), given);
            var version = scale.ResourceVersion();
            if (version is not ("" or "0") && version != current.ResourceVersion())
            {
                throw ApiErrors.Modified(call.Resource, current.Name());
            }
            var replicas = (scale["spec"] as JsonObject).Integer("replicas") ?? 0;
            var spec = current["spec"] as JsonObject ?? [];
            spec["replicas"] = replicas;
            return current;
        }, (live, next) => FieldOwnership.TrackUpdate(call.Kind, live, next, manager, "scale", time.GetUtcNow())).ConfigureAwait(false);
        return Scale(changed);
    }

    private static JsonObject Wanted(string verb, string mediaType, JsonObject scale, JsonNode? given)
    {
        if (verb == "update")
        {
            return given as JsonObject ?? throw ApiErrors.BadRequest("the object provided is no Scale");
        }
        try
        {
            var patched = given is JsonArray operations && mediaType == "application/json-patch+json"
                ? JsonPatch.Apply(scale, operations)
                : JsonMergePatch.Apply(scale, given);
            return patched as JsonObject ?? throw ApiErrors.BadRequest("the patch makes no Scale");
        }
        catch (JsonPatchException)
        {
            throw new ApiStatusException(422, "Invalid", "the server rejected our request due to an error in our request", []);
        }
    }

    private static JsonObject Scale(JsonObject obj)
    {
        var spec = obj["spec"] as JsonObject;
        var metadata = obj.Metadata();
        var status = new JsonObject { ["replicas"] = (obj["status"] as JsonObject).Integer("replicas") ?? 0 };
        if (spec?["selector"] is JsonObject selector && LabelSelector.TryFromJson(selector, out var parsed, out _))
        {
            status["selector"] = parsed.ToString();
        }
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = ApiVersion,
            ["metadata"] = new JsonObject
            {
                ["name"] = obj.Name(),
                ["namespace"] = obj.Namespace(),
                ["uid"] = obj.Uid(),
                ["resourceVersion"] = obj.ResourceVersion(),
                ["creationTimestamp"] = metadata["creationTimestamp"]?.DeepClone(),
            },
            ["spec"] = new JsonObject { ["replicas"] = spec.Integer("replicas") ?? 0 },
            ["status"] = status,
        };
    }
}
