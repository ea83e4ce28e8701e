using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>Validation of label selectors inside objects.</summary>
internal static class SelectorRules
{
    public static IEnumerable<FieldError> Validate(JsonObject? selector, string path)
    {
        foreach (var error in ObjectMetaRules.Labels(selector.Strings("matchLabels"), $"{path}.matchLabels"))
            yield return error;
        var i = 0;
        foreach (var requirement in selector.Objects("matchExpressions"))
        {
            var field = $"{path}.matchExpressions[{i++}]";
            var hasValues = requirement.Items("values").Any();
            switch (requirement.Text("operator"))
            {
                case "In" or "NotIn" when !hasValues:
                    yield return FieldErrors.Required($"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                    break;
                case "Exists" or "DoesNotExist" when hasValues:
                    yield return FieldErrors.Forbidden($"{field}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    break;
                case "In" or "NotIn" or "Exists" or "DoesNotExist":
                    break;
                case var other:
                    yield return FieldErrors.Invalid($"{field}.operator", other, "not a valid selector operator");
                    break;
            }

            foreach (var problem in NameRules.QualifiedName(requirement.Text("key")))
                yield return FieldErrors.Invalid($"{field}.key", requirement.Text("key"), problem);
            foreach (var (value, j) in requirement.Texts("values").Select((value, j) => (value, j)))
                foreach (var problem in NameRules.LabelValue(value))
                    yield return FieldErrors.Invalid($"{field}.values[{j}]", value, problem);
        }
    }

    /// <summary>Whether labels satisfy a selector; none matches nothing, an empty one everything.</summary>
    public static bool Matches(JsonObject? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is null)
            return false;
        foreach (var (key, value) in selector.Strings("matchLabels"))
            if (labels.GetValueOrDefault(key) != value)
                return false;
        return selector.Objects("matchExpressions").All(requirement => Matches(requirement, requirement.Text("key"), labels));
    }

    private static bool Matches(JsonObject requirement, string key, IReadOnlyDictionary<string, string> labels) => requirement.Text("operator") switch
    {
        "In" => labels.TryGetValue(key, out var value) && requirement.Texts("values").Contains(value, StringComparer.Ordinal),
        "NotIn" => !labels.TryGetValue(key, out var value) || !requirement.Texts("values").Contains(value, StringComparer.Ordinal),
        "Exists" => labels.ContainsKey(key),
        "DoesNotExist" => !labels.ContainsKey(key),
        _ => false,
    };
}
