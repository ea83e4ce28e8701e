using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>
/// Checks values against an OpenAPI v3 schema, worded as Kubernetes words it for custom resources.
/// Not checked: <c>x-kubernetes-validations</c> (CEL) and string formats other than those of <see cref="SchemaFormats"/>.
/// </summary>
internal sealed class SchemaValidator
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    private readonly List<FieldError> _errors = [];

    /// <summary>How many checks passed: of failed alternatives, the one that came closest is shown.</summary>
    private int _matches;

    public static IReadOnlyList<FieldError> Validate(JsonNode? value, JsonObject schema, string path = "")
    {
        var validator = new SchemaValidator();
        validator.Check(value, schema, path);
        return validator._errors;
    }

    private void Check(JsonNode? value, JsonObject schema, string path)
    {
        if (value is null && schema.Flag("nullable"))
            return;
        CheckType(value, schema, path);
        CheckAlternatives(value, schema, path);
        switch (value)
        {
            case JsonObject obj:
                CheckObject(obj, schema, path);
                break;
            case JsonArray array:
                CheckArray(array, schema, path);
                break;
            case JsonValue when value.GetValueKind() == JsonValueKind.String:
                CheckString(value.GetValue<string>(), schema, path);
                break;
            case JsonValue when value.GetValueKind() == JsonValueKind.Number:
                CheckNumber(value, schema, path);
                break;
        }

        if (schema["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
        {
            var supported = choices.Select(choice => GoValue.Quote(choice.AsText() ?? choice?.ToJsonString() ?? "null"));
            _errors.Add(new FieldError("FieldValueNotSupported", path, $"Unsupported value: {GoValue.Format(value)}: supported values: {string.Join(", ", supported)}"));
        }
    }

    private void CheckType(JsonNode? value, JsonObject schema, string path)
    {
        var expected = schema.Flag("x-kubernetes-int-or-string") ? "integer,string" : schema.Text("type");
        if (expected.Length == 0)
            return;
        var actual = TypeOf(value);
        if (expected.Split(',').Any(type => type == actual || (type == "number" && actual == "integer")))
            _matches++;
        else
            _errors.Add(FieldErrors.TypeInvalid(path, GoValue.Quote(actual), $"{path} in body must be of type {expected}: {GoValue.Quote(actual)}"));
    }

    private void CheckObject(JsonObject obj, JsonObject schema, string path)
    {
        if (schema.Number("minProperties") is { } least && obj.Count < least)
            Invalid(path, obj, $"should have at least {least} properties");
        if (schema.Number("maxProperties") is { } most && obj.Count > most)
            _errors.Add(FieldErrors.TooMany(path, obj.Count, (int)most));
        foreach (var name in schema.Texts("required"))
            if (obj.ContainsKey(name))
                _matches++;
            else
                _errors.Add(FieldErrors.Required(Child(path, name)));
        foreach (var (name, value) in obj)
            if ((schema.At("properties", name) ?? schema["additionalProperties"]) is JsonObject property)
                Check(value, property, Child(path, name));
    }

    private void CheckArray(JsonArray array, JsonObject schema, string path)
    {
        if (schema.Number("minItems") is { } least && array.Count < least)
            Invalid(path, array.Count, $"should have at least {least} items");
        if (schema.Number("maxItems") is { } most && array.Count > most)
            _errors.Add(FieldErrors.TooMany(path, array.Count, (int)most));
        if (schema.Flag("uniqueItems") && array.Where((item, i) => array.Take(i).Any(other => JsonNode.DeepEquals(item, other))).Any())
            Invalid(path, array, "shouldn't contain duplicates");
        if (schema.Object("items") is { } items)
            for (var i = 0; i < array.Count; i++)
                Check(array[i], items, $"{path}[{i}]");
    }

    /// <summary>Only the first of a string's faults is told.</summary>
    private void CheckString(string text, JsonObject schema, string path)
    {
        var length = text.EnumerateRunes().Count();
        if (schema.Number("maxLength") is { } most && length > most)
            _errors.Add(new FieldError("FieldValueTooLong", path, $"Too long: may not be longer than {most}"));
        else if (schema.Number("minLength") is { } least && length < least)
            Invalid(path, text, $"should be at least {least} chars long");
        else if (schema.Text("pattern") is { Length: > 0 } pattern && !Matches(text, pattern))
            Invalid(path, text, $"should match '{pattern}'");
        else if (schema.Text("format") is { Length: > 0 } format && !SchemaFormats.IsValid(format, text))
            _errors.Add(FieldErrors.TypeInvalid(path, GoValue.Quote(text), $"{path} in body must be of type {format}: {GoValue.Quote(text)}"));
        else
            _matches++;
    }

    private void CheckNumber(JsonNode value, JsonObject schema, string path)
    {
        var number = Real(value);
        if (schema["multipleOf"] is { } step && Real(step) > 0 && number / Real(step) % 1 != 0)
            Invalid(path, value, $"should be a multiple of {step.ToJsonString()}");
        if (schema["maximum"] is { } most && (schema.Flag("exclusiveMaximum") ? number >= Real(most) : number > Real(most)))
            Invalid(path, value, $"should be less than {(schema.Flag("exclusiveMaximum") ? "" : "or equal to ")}{most.ToJsonString()}");
        if (schema["minimum"] is { } least && (schema.Flag("exclusiveMinimum") ? number <= Real(least) : number < Real(least)))
            Invalid(path, value, $"should be greater than {(schema.Flag("exclusiveMinimum") ? "" : "or equal to ")}{least.ToJsonString()}");
        _matches++;
    }

    private void CheckAlternatives(JsonNode? value, JsonObject schema, string path)
    {
        var quoted = GoValue.Quote(path);
        if (schema["anyOf"] is JsonArray any && Try(value, any, path) is var anyResults && !anyResults.Exists(IsValid))
            Unmatched($"{quoted} must validate at least one schema (anyOf)", anyResults);
        if (schema["oneOf"] is JsonArray one)
        {
            var results = Try(value, one, path);
            var valid = results.Count(result => IsValid(result));
            if (valid == 0)
                Unmatched($"{quoted} must validate one and only one schema (oneOf). Found none valid", results);
            else if (valid > 1)
                Unmatched($"{quoted} must validate one and only one schema (oneOf). Found {valid} valid alternatives", []);
        }

        if (schema["allOf"] is JsonArray all)
        {
            var results = Try(value, all, path);
            var valid = results.Count(result => IsValid(result));
            if (valid < results.Count)
                Unmatched($"{quoted} must validate all the schemas (allOf){(valid == 0 ? ". None validated" : "")}", []);
            foreach (var result in results)
                _errors.AddRange(result._errors);
        }

        if (schema.Object("not") is { } not && IsValid(Try(value, [not.DeepClone()], path)[0]))
            Unmatched($"{quoted} must not validate the schema (not)", []);
    }

    private static List<SchemaValidator> Try(JsonNode? value, JsonArray schemas, string path)
    {
        var results = new List<SchemaValidator>();
        foreach (var schema in schemas.OfType<JsonObject>())
        {
            var attempt = new SchemaValidator();
            attempt.Check(value, schema, path);
            results.Add(attempt);
        }

        return results;
    }

    private static bool IsValid(SchemaValidator result) => result._errors.Count == 0;

    /// <summary>Kubernetes gives these no field ("&lt;nil&gt;") and shows the faults of the alternative that came closest.</summary>
    private void Unmatched(string message, List<SchemaValidator> attempts)
    {
        _errors.Add(FieldErrors.InvalidRaw("<nil>", "\"\"", message));
        if (attempts.Count > 0)
            _errors.AddRange(attempts.MaxBy(attempt => attempt._matches)?._errors ?? []);
    }

    private void Invalid(string path, JsonNode? value, string what) => _errors.Add(FieldErrors.Invalid(path, value, $"{path} in body {what}"));

    private static bool Matches(string text, string pattern) =>
        Patterns.GetOrAdd(pattern, static given => new Regex(given, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)).IsMatch(text);

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.AsInteger() is null ? "number" : "integer",
        _ => "null",
    };

    private static double Real(JsonNode value) =>
        double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Child(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
