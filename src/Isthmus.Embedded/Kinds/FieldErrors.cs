using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>Kubernetes' kinds of field errors and how each is worded.</summary>
internal static class FieldErrors
{
    public static FieldError Required(string field, string detail = "") =>
        new("FieldValueRequired", field, Join("Required value", detail));

    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", field, Join($"Invalid value: {GoValue.Format(value)}", detail));

    /// <summary>For values that Go prints in its own way (<c>v1.LabelSelector{…}</c>).</summary>
    public static FieldError InvalidRaw(string field, string printed, string detail) =>
        new("FieldValueInvalid", field, Join($"Invalid value: {printed}", detail));

    public static FieldError NotSupported(string field, string value, params IEnumerable<string> supported) =>
        new("FieldValueNotSupported", field,
            $"Unsupported value: {GoValue.Quote(value)}: supported values: {string.Join(", ", supported.Select(GoValue.Quote))}");

    public static FieldError Duplicate(string field, JsonNode? value) =>
        new("FieldValueDuplicate", field, $"Duplicate value: {GoValue.Format(value)}");

    public static FieldError NotFound(string field, string value) =>
        new("FieldValueNotFound", field, $"Not found: {GoValue.Quote(value)}");

    public static FieldError Forbidden(string field, string detail) => new("FieldValueForbidden", field, Join("Forbidden", detail));

    public static FieldError TooLong(string field, int limit) =>
        new("FieldValueTooLong", field, $"Too long: must have at most {limit} bytes");

    public static FieldError TooMany(string field, int actual, int limit) =>
        new("FieldValueTooMany", field, $"Too many: {actual}: must have at most {limit} items");

    public static FieldError TypeInvalid(string field, string printed, string detail) =>
        new("FieldValueTypeInvalid", field, Join($"Invalid value: {printed}", detail));

    /// <summary>The 422 that Kubernetes answers for these errors.</summary>
    public static ApiStatusException Exception(ResourceDefinition resource, string name, IReadOnlyList<FieldError> errors)
    {
        var lines = errors.Select(error => $"{error.Field}: {error.Message}").Distinct(StringComparer.Ordinal).ToArray();
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0)
            details["group"] = resource.Group;
        details["kind"] = resource.Kind;
        details["causes"] = new JsonArray([.. errors.Select(error =>
            new JsonObject { ["reason"] = error.Reason, ["message"] = error.Message, ["field"] = error.Field })]);
        var text = lines.Length == 1 ? lines[0] : $"[{string.Join(", ", lines)}]";
        return new ApiStatusException(422, "Invalid", $"{kind} {GoValue.Quote(name)} is invalid: {text}", details);
    }

    private static string Join(string text, string detail) => detail.Length == 0 ? text : $"{text}: {detail}";
}
