using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>From a body to an object of the kind: checks kind and apiVersion, prunes unknown fields and reports them by fieldValidation.</summary>
internal sealed class ObjectDecoder(KindRegistry kinds)
{
    public JsonObject Decode(ApiCall call, RequestBody body, WriteOptions options)
    {
        var node = body.Parse(call.Kind, out var duplicates);
        if (node is not JsonObject obj)
        {
            throw ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {call.Resource.Kind}): couldn't get version/kind; "
                + $"json parse error: json: cannot unmarshal {GoType(node)} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }} ({body.Excerpt()})");
        }
        CheckKind(call, obj, body);
        var unknown = call.Kind.Rules.Prune(obj);
        Report(call, options, [.. Duplicate(duplicates), .. unknown],
            problems => ApiErrors.BadRequest($"{call.Resource.Kind} in version \"{call.Resource.Version}\" cannot be handled as a {call.Resource.Kind}: {problems}"));
        Tidy(obj);
        return obj;
    }

    /// <summary>The same for the outcome of a patch, whose faults are a 422 of the patch.</summary>
    public static void DecodePatched(ApiCall call, JsonObject obj, IReadOnlyList<string> duplicates, WriteOptions options)
    {
        if (obj.Text("kind") != call.Resource.Kind || obj.Text("apiVersion") != call.Resource.ApiVersion)
        {
            throw ApiErrors.InvalidPatch("<object>", $"{obj.Text("apiVersion")}, Kind={obj.Text("kind")} is not {call.Resource.ApiVersion}, Kind={call.Resource.Kind}");
        }
        IReadOnlyList<string> unknown;
        try
        {
            unknown = call.Kind.Rules.Prune(obj);
        }
        catch (ApiStatusException e) when (e.Code == 400)
        {
            const string frame = " cannot be handled as a ";
            var at = e.Message.IndexOf(frame, StringComparison.Ordinal);
            var why = at < 0 ? e.Message : e.Message[(e.Message.IndexOf(": ", at, StringComparison.Ordinal) + 2)..];
            throw ApiErrors.InvalidPatch("<object>", why);
        }
        Report(call, options, [.. Duplicate(duplicates), .. unknown], problems => ApiErrors.InvalidPatch("<object>", problems));
        Tidy(obj);
    }

    private static IEnumerable<string> Duplicate(IReadOnlyList<string> paths) => paths.Select(path => $"duplicate field \"{path}\"");

    private static void Report(ApiCall call, WriteOptions options, IReadOnlyList<string> problems, Func<string, ApiStatusException> error)
    {
        if (problems.Count == 0)
        {
            return;
        }
        switch (options.FieldValidation)
        {
            case "Ignore":
                break;
            case "Strict":
                throw error($"strict decoding error: {string.Join(", ", problems)}");
            default:
                call.Warnings.AddRange(problems);
                break;
        }
    }

    /// <summary>Kinds and versions may be left out for built-in kinds; custom ones need both.</summary>
    private void CheckKind(ApiCall call, JsonObject obj, RequestBody body)
    {
        var (apiVersion, kind) = (obj.Text("apiVersion"), obj.Text("kind"));
        if (call.Kind.Custom)
        {
            CheckCustom(call, obj, apiVersion, kind, body);
            return;
        }
        kind = kind.Length == 0 ? call.Resource.Kind : kind;
        apiVersion = apiVersion.Length == 0 ? call.Resource.ApiVersion : apiVersion;
        if (kind != call.Resource.Kind || apiVersion != call.Resource.ApiVersion)
        {
            var version = apiVersion[(apiVersion.LastIndexOf('/') + 1)..];
            var why = kinds.FindKind(apiVersion, kind) is { Custom: false }
                ? $"converting ({version}.{kind}) to ({GoPackage(call.Resource.Group)}.{call.Resource.Kind}): unknown conversion"
                : $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"pkg/runtime/scheme.go:100\"";
            throw ApiErrors.BadRequest($"{kind} in version \"{version}\" cannot be handled as a {call.Resource.Kind}: {why}");
        }
        obj["kind"] = kind;
        obj["apiVersion"] = apiVersion;
    }

    private static void CheckCustom(ApiCall call, JsonObject obj, string apiVersion, string kind, RequestBody body)
    {
        if (kind.Length == 0)
        {
            throw ApiErrors.BadRequest($"Object 'Kind' is missing in '{body.Text}'");
        }
        if (apiVersion.Length == 0)
        {
            throw ApiErrors.BadRequest($"Object 'apiVersion' is missing in '{body.Text}'");
        }
        if (apiVersion != call.Resource.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({call.Resource.ApiVersion})");
        }
        if (kind != call.Resource.Kind)
        {
            throw ApiErrors.Invalid(call.Resource.Group, kind, obj.Name(),
                [new("FieldValueInvalid", "kind", $"Invalid value: \"{kind}\": must be {call.Resource.Kind}")]);
        }
    }

    private static string GoPackage(string group) => group.Length == 0 ? "core" : group.Split('.')[0];

    private static string GoType(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray => "array",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => "string",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => "number",
        _ => "bool",
    };

    // selfLink has been without meaning since 1.20.
    private static void Tidy(JsonObject obj) => obj.Metadata().Remove("selfLink");
}
