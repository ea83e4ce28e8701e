using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Verbs;

/// <summary>The checked resourceVersion rules of lists and watches.</summary>
internal sealed record ListOptions(long Limit, string Continue, long? Revision, bool Exact)
{
    public static ListOptions Read(CallQuery query, bool watch)
    {
        var limit = query.Integer("limit") ?? 0;
        var version = query.Text("resourceVersion");
        var match = query.Text("resourceVersionMatch");
        var errors = Errors(query, watch, version, match).ToList();
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid("meta.k8s.io", "ListOptions", "", errors);
        }
        var token = watch ? "" : query.Text("continue");
        if (token.Length > 0 && version.Length > 0 && version != "0")
        {
            throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        }
        return new ListOptions(Math.Max(0, limit), token, ParseRevision(version), match == "Exact");
    }

    /// <summary>A resourceVersion of a request; null when absent. Kubernetes answers 500 for text that is no number.</summary>
    public static long? ParseRevision(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw ApiErrors.Internal($"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    /// <summary>A revision that the store has not reached.</summary>
    public static ApiStatusException TooLarge(long asked, long current) => new(504, "Timeout",
        $"Timeout: Too large resource version: {asked}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        });

    private static IEnumerable<FieldError> Errors(CallQuery query, bool watch, string version, string match)
    {
        const string field = "resourceVersionMatch";
        if (match.Length > 0)
        {
            if (watch)
            {
                yield return new FieldError("FieldValueForbidden", field, "Forbidden: resourceVersionMatch is forbidden for watch");
            }
            if (version.Length == 0)
            {
                yield return new FieldError("FieldValueForbidden", field, "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
            }
            if (query.Text("continue").Length > 0)
            {
                yield return new FieldError("FieldValueForbidden", field, "Forbidden: resourceVersionMatch is forbidden when continue is provided");
            }
            if (match is not ("Exact" or "NotOlderThan"))
            {
                yield return new FieldError("FieldValueNotSupported", field, $"Unsupported value: \"{match}\": supported values: \"Exact\", \"NotOlderThan\", \"\"");
            }
            if (match == "Exact" && version == "0")
            {
                yield return new FieldError("FieldValueForbidden", field, "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
            }
        }
    }
}
