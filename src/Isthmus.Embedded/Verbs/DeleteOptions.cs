using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Http;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Verbs;

/// <summary>DeleteOptions, from the body where there is one, else from the query.</summary>
internal sealed record DeleteOptions(bool DryRun, long? GracePeriodSeconds, string PropagationPolicy, string Uid, string ResourceVersion, JsonObject Json)
{
    public const string Kind = "DeleteOptions";

    public static DeleteOptions Read(CallQuery query, RequestBody body)
    {
        var given = body.IsEmpty ? FromQuery(query) : FromBody(body);
        var dryRun = given["dryRun"] is JsonArray list ? list.OfType<JsonValue>().Select(v => v.ToString()).ToList() : [];
        var errors = WriteOptions.DryRunErrors(dryRun).ToList();
        var policy = given.Text("propagationPolicy");
        if (policy is not ("" or "Background" or "Foreground" or "Orphan"))
        {
            errors.Add(new FieldError("FieldValueNotSupported", "propagationPolicy",
                $"Unsupported value: \"{policy}\": supported values: \"Background\", \"Foreground\", \"Orphan\""));
        }
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid("meta.k8s.io", Kind, "", errors);
        }
        if (policy.Length == 0 && given["orphanDependents"] is JsonValue orphan && orphan.TryGetValue<bool>(out var leave))
        {
            // The field that propagationPolicy has replaced.
            policy = leave ? "Orphan" : "Background";
        }
        given["kind"] = Kind;
        given["apiVersion"] = "meta.k8s.io/v1";
        var preconditions = given["preconditions"] as JsonObject;
        return new DeleteOptions(dryRun.Count > 0, given.Integer("gracePeriodSeconds"), policy,
            preconditions.Text("uid"), preconditions.Text("resourceVersion"), given);
    }

    private static JsonObject FromBody(RequestBody body)
    {
        body.RequireObjectType();
        JsonNode? node;
        try
        {
            node = body.IsYaml ? Core.Json.Yaml.Read(body.Text) : GoJsonReader.Read(body.Text, out _);
        }
        catch (Exception e) when (e is GoJsonException or Core.Json.YamlFormatException)
        {
            throw ApiErrors.BadRequest($"couldn't get version/kind; json parse error: {e.Message}");
        }
        if (node is not JsonObject given)
        {
            throw ApiErrors.BadRequest("couldn't get version/kind; json parse error: json: cannot unmarshal into DeleteOptions");
        }
        if (given.Text("kind") is not ("" or Kind))
        {
            throw ApiErrors.BadRequest($"decoded object cannot be converted to DeleteOptions: {given.Text("apiVersion")}, Kind={given.Text("kind")}");
        }
        return given;
    }

    private static JsonObject FromQuery(CallQuery query)
    {
        var given = new JsonObject();
        if (query.Integer("gracePeriodSeconds") is { } seconds)
        {
            given["gracePeriodSeconds"] = seconds;
        }
        if (query.Text("propagationPolicy") is { Length: > 0 } policy)
        {
            given["propagationPolicy"] = policy;
        }
        if (query.All("dryRun") is { Count: > 0 } dryRun)
        {
            given["dryRun"] = new JsonArray([.. dryRun.Select(v => JsonValue.Create(v))]);
        }
        return given;
    }
}
