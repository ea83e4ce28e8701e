using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Auth;

/// <summary>The kinds that are questions rather than objects: posted, answered, never stored.</summary>
internal sealed class Reviews(RbacAuthorizer authorizer, Authenticator authenticator, ServiceAccountTokens tokens)
{
    private const string Authorization = "authorization.k8s.io";
    private const string Authentication = "authentication.k8s.io";

    public static IReadOnlyList<ResourceDefinition> Resources { get; } =
    [
        new(Authentication, "v1", "tokenreviews", "", "TokenReview", false),
        new(Authorization, "v1", "localsubjectaccessreviews", "", "LocalSubjectAccessReview", true),
        new(Authorization, "v1", "selfsubjectaccessreviews", "", "SelfSubjectAccessReview", false),
        new(Authorization, "v1", "selfsubjectrulesreviews", "", "SelfSubjectRulesReview", false),
        new(Authorization, "v1", "subjectaccessreviews", "", "SubjectAccessReview", false),
    ];

    public static ResourceDefinition? Find(string group, string version, string plural) =>
        Resources.FirstOrDefault(r => r.Plural == plural && r.Group == group && r.Version == version);

    public JsonObject Answer(ResourceDefinition resource, JsonObject review, RequestUser user)
    {
        var spec = review["spec"] as JsonObject ?? [];
        var answer = new JsonObject
        {
            ["kind"] = resource.Kind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
            ["spec"] = spec.Copy(),
            ["status"] = resource.Kind switch
            {
                "TokenReview" => TokenStatus(spec),
                "SelfSubjectRulesReview" => RulesStatus(),
                "SelfSubjectAccessReview" => AccessStatus(resource, spec, user),
                _ => AccessStatus(resource, spec, Subject(spec)),
            },
        };
        return answer;
    }

    private static RequestUser Subject(JsonObject spec) => new(spec.Text("user"), spec.Text("uid"),
        spec["groups"] is JsonArray groups ? [.. groups.OfType<JsonValue>().Select(g => g.ToString())] : []);

    private JsonObject AccessStatus(ResourceDefinition resource, JsonObject spec, RequestUser user)
    {
        var onResource = spec["resourceAttributes"] as JsonObject;
        var onPath = spec["nonResourceAttributes"] as JsonObject;
        if ((onResource is null) == (onPath is null))
        {
            throw ApiErrors.Invalid(resource.Group, "", "", [new FieldError("FieldValueInvalid", "spec.resourceAttributes",
                "Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified")]);
        }
        var request = onResource is not null
            ? new AccessRequest(onResource.Text("verb"), onResource.Text("group"), onResource.Text("resource"), onResource.Text("subresource"),
                onResource.Text("namespace"), onResource.Text("name"))
            : new AccessRequest(onPath.Text("verb"), Path: onPath.Text("path"));
        var reason = authorizer.Allows(user, request);
        var status = new JsonObject { ["allowed"] = reason is not null };
        if (reason is { Length: > 0 })
        {
            status["reason"] = reason;
        }
        return status;
    }

    // Rules are matched, not enumerated, here; Kubernetes has a word for an answer that is not complete.
    private static JsonObject RulesStatus() => new()
    {
        ["resourceRules"] = new JsonArray(),
        ["nonResourceRules"] = new JsonArray(),
        ["incomplete"] = true,
    };

    private JsonObject TokenStatus(JsonObject spec)
    {
        var token = spec.Text("token");
        if (token.Length == 0)
        {
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }
        List<string> asked = spec["audiences"] is JsonArray { Count: > 0 } list ? [.. list.OfType<JsonValue>().Select(a => a.ToString())] : [ServiceAccountTokens.DefaultAudience];
        if (authenticator.Static(token) is { } holder)
        {
            return Accepted(holder, asked);
        }
        if (tokens.Find(token) is not { } issued)
        {
            return Refused("invalid bearer token");
        }
        var shared = asked.Where(a => issued.Audiences.Contains(a, StringComparer.Ordinal)).ToList();
        return shared.Count > 0
            ? Accepted(issued.User, shared)
            : Refused($"[invalid bearer token, token audiences [{Quoted(issued.Audiences)}] is invalid for the target audiences [{Quoted(asked)}]]");
    }

    private static JsonObject Accepted(RequestUser user, List<string> audiences)
    {
        var shown = new JsonObject { ["username"] = user.Name };
        if (!string.IsNullOrEmpty(user.Uid))
        {
            shown["uid"] = user.Uid;
        }
        shown["groups"] = List(user.Groups);
        return new JsonObject { ["authenticated"] = true, ["user"] = shown, ["audiences"] = List(audiences) };
    }

    private static JsonObject Refused(string why) => new() { ["user"] = new JsonObject(), ["error"] = why };

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => JsonValue.Create(v))]);

    private static string Quoted(IEnumerable<string> values) => string.Join(" ", values.Select(v => $"\"{v}\""));
}
