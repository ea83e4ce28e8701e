using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Verbs;

/// <summary>CreateOptions, UpdateOptions and PatchOptions of one write.</summary>
internal sealed record WriteOptions(bool DryRun, string FieldManager, string FieldValidation, bool Force)
{
    private const int ManagerLimit = 128;

    /// <param name="query">The request's query.</param>
    /// <param name="kind">The options' kind, which errors name.</param>
    /// <param name="apply">Whether this is a server-side apply; null for a write that is no patch.</param>
    public static WriteOptions Read(CallQuery query, string kind, bool? apply = null)
    {
        var options = new WriteOptions(query.All("dryRun").Count > 0, query.Text("fieldManager"), query.Text("fieldValidation"), query.Flag("force"));
        var errors = new List<FieldError>();
        if (apply == false && query.Has("force"))
        {
            errors.Add(new FieldError("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch"));
        }
        if (apply == true && options.FieldManager.Length == 0)
        {
            errors.Add(new FieldError("FieldValueRequired", "fieldManager", "Required value: is required for apply patch"));
        }
        if (Encoding.UTF8.GetByteCount(options.FieldManager) > ManagerLimit)
        {
            errors.Add(new FieldError("FieldValueTooLong", "fieldManager", $"Too long: must have at most {ManagerLimit} bytes"));
        }
        errors.AddRange(DryRunErrors(query.All("dryRun")));
        if (options.FieldValidation is not ("" or "Ignore" or "Warn" or "Strict"))
        {
            errors.Add(new FieldError("FieldValueNotSupported", "fieldValidation",
                $"Unsupported value: \"{options.FieldValidation}\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""));
        }
        return errors.Count == 0 ? options : throw ApiErrors.Invalid("meta.k8s.io", kind, "", errors);
    }

    public static IEnumerable<FieldError> DryRunErrors(IReadOnlyList<string> dryRun)
    {
        if (dryRun.Count > 0 && dryRun.Any(v => v != "All"))
        {
            var given = string.Join(", ", dryRun.Select(v => $"\"{v}\""));
            yield return new FieldError("FieldValueNotSupported", "dryRun", $"Unsupported value: []string{{{given}}}: supported values: \"All\"");
        }
    }

    /// <summary>The options as admission reviews show them.</summary>
    public JsonObject ToJson(string kind)
    {
        var options = new JsonObject { ["kind"] = kind, ["apiVersion"] = "meta.k8s.io/v1" };
        if (DryRun)
        {
            options["dryRun"] = new JsonArray("All");
        }
        if (FieldManager.Length > 0)
        {
            options["fieldManager"] = FieldManager;
        }
        if (FieldValidation.Length > 0)
        {
            options["fieldValidation"] = FieldValidation;
        }
        return options;
    }
}
