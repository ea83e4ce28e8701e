using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Http;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>The subresources that are actions rather than parts of an object: binding of pods, tokens of service accounts.</summary>
internal sealed class SubresourceVerbs(WriteParts parts, ReadVerbs reader, ServiceAccountTokens tokens)
{
    private const long DefaultTokenSeconds = 3600;
    private const long ShortestTokenSeconds = 600;

    /// <summary>Binds a pod to a node, as a scheduler does.</summary>
    public async Task<JsonObject> BindAsync(ApiCall call, RequestBody body)
    {
        var options = WriteOptions.Read(call.Query, CreateVerb.Options);
        var binding = Object(call, body);
        var node = (binding["target"] as JsonObject).Text("name");
        if (node.Length == 0)
        {
            throw ApiErrors.Invalid("", "Binding", binding.Name(), [new FieldError("FieldValueRequired", "target.name", "Required value")]);
        }
        await AdmitAsync(call, options, binding, "Binding", "v1").ConfigureAwait(false);
        while (!TryBind(call, node, options.DryRun))
        {
            call.Cancellation.ThrowIfCancellationRequested();
        }
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        };
    }

    /// <summary>Issues a token for a service account (TokenRequest).</summary>
    public async Task<JsonObject> RequestTokenAsync(ApiCall call, RequestBody body)
    {
        var account = reader.Existing(call);
        var request = Object(call, body);
        await AdmitAsync(call, WriteOptions.Read(call.Query, CreateVerb.Options), request, "TokenRequest", "authentication.k8s.io/v1").ConfigureAwait(false);
        var spec = request["spec"] as JsonObject ?? [];
        var seconds = spec.Integer("expirationSeconds") ?? DefaultTokenSeconds;
        if (seconds < ShortestTokenSeconds)
        {
            throw ApiErrors.Invalid("authentication.k8s.io", "TokenRequest", "",
                [new FieldError("FieldValueInvalid", "spec.expirationSeconds", $"Invalid value: {seconds}: may not specify a duration less than 10 minutes")]);
        }
        List<string> audiences = spec["audiences"] is JsonArray { Count: > 0 } list
            ? [.. list.OfType<JsonValue>().Select(a => a.ToString())]
            : [ServiceAccountTokens.DefaultAudience];
        var bound = spec["boundObjectRef"] as JsonObject;
        var (token, expires) = tokens.Issue(account, audiences, seconds, bound is null ? null : Bound(call, bound));
        return new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = account.Name(),
                ["namespace"] = account.Namespace(),
                ["creationTimestamp"] = ObjectMetadata.Timestamp(parts.Time.GetUtcNow()),
            },
            ["spec"] = new JsonObject
            {
                ["audiences"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
                ["expirationSeconds"] = seconds,
                ["boundObjectRef"] = bound?.Copy(),
            },
            ["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = ObjectMetadata.Timestamp(expires) },
        };
    }

    /// <summary>Actions pass admission as the creation of what was posted, under the subresource's name.</summary>
    private async Task AdmitAsync(ApiCall call, WriteOptions options, JsonObject posted, string kind, string apiVersion)
    {
        var obj = posted.Copy();
        obj["kind"] = kind;
        obj["apiVersion"] = apiVersion;
        obj.Metadata()["name"] = call.Name;
        obj.Metadata()["namespace"] = call.Namespace;
        var attributes = new AdmissionAttributes(call.Resource, call.Subresource, "CREATE", call.Namespace, call.Name, obj, null,
            options.ToJson(CreateVerb.Options), call.User, options.DryRun);
        obj = await parts.Admission.MutateAsync(attributes, call.Warnings, call.Cancellation).ConfigureAwait(false) ?? obj;
        await parts.Admission.ValidateAsync(attributes with { Object = obj }, call.Warnings, call.Cancellation).ConfigureAwait(false);
    }

    /// <summary>False when another write came between.</summary>
    private bool TryBind(ApiCall call, string node, bool dryRun)
    {
        var stored = reader.Existing(call);
        var pod = stored.Copy();
        var spec = pod["spec"] as JsonObject ?? [];
        var bound = spec.Text("nodeName");
        if (bound.Length > 0)
        {
            throw new ApiStatusException(409, "Conflict",
                $"Operation cannot be fulfilled on pods/binding \"{call.Name}\": pod {call.Name} is already assigned to node \"{bound}\"",
                new JsonObject { ["name"] = call.Name, ["kind"] = "pods/binding" });
        }
        spec["nodeName"] = node;
        SetScheduled(pod, parts.Time.GetUtcNow());
        return dryRun || parts.Store.Replace(ReadVerbs.Key(call), stored, pod) is not null;
    }

    private JsonObject Bound(ApiCall call, JsonObject reference)
    {
        var plural = reference.Text("kind") switch
        {
            "Pod" => "pods",
            "Secret" => "secrets",
            var other => throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{call.Name}\" to object of type {other}"),
        };
        var name = reference.Text("name");
        var found = parts.Store.Get(new ObjectKey(plural, call.Namespace ?? "", name))
            ?? throw new ApiStatusException(404, "NotFound", $"{plural} \"{name}\" not found", new JsonObject { ["name"] = name, ["kind"] = plural });
        if (reference.Text("uid") is { Length: > 0 } uid && uid != found.Uid())
        {
            throw new ApiStatusException(409, "Conflict",
                $"Operation cannot be fulfilled on {plural} \"{name}\": the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated",
                new JsonObject { ["name"] = name, ["kind"] = plural });
        }
        return new JsonObject { ["kind"] = reference.Text("kind"), ["name"] = name, ["uid"] = found.Uid() };
    }

    private static void SetScheduled(JsonObject pod, DateTimeOffset now)
    {
        var status = pod["status"] as JsonObject;
        if (status is null)
        {
            status = [];
            pod["status"] = status;
        }
        var conditions = status["conditions"] as JsonArray;
        if (conditions is null)
        {
            conditions = [];
            status["conditions"] = conditions;
        }
        conditions.Add(new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = ObjectMetadata.Timestamp(now),
        });
    }

    private static JsonObject Object(ApiCall call, RequestBody body) =>
        body.Parse(call.Kind, out _) as JsonObject ?? throw ApiErrors.BadRequest("the object provided is unrecognized: it is no JSON object");
}
