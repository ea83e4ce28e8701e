using System.Text.Json.Nodes;

namespace Isthmus.Core.Kubernetes;

/// <summary>A Kubernetes label selector: all requirements must hold.</summary>
public sealed class LabelSelector
{
    private readonly bool _nothing;

    private LabelSelector(IReadOnlyList<LabelRequirement> requirements, bool nothing = false) => (Requirements, _nothing) = (requirements, nothing);

    /// <summary>Matches whatever there is, labelled or not.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Matches no object.</summary>
    public static LabelSelector Nothing { get; } = new([], nothing: true);

    /// <summary>The conditions, in the order in which they were written.</summary>
    public IReadOnlyList<LabelRequirement> Requirements { get; }

    /// <summary>Whether every object matches.</summary>
    public bool IsEverything => !_nothing && Requirements.Count == 0;

    /// <summary>Reads the text form, as of the query parameter <c>labelSelector</c>.</summary>
    /// <exception cref="FormatException">It does not parse; the message is Kubernetes' own.</exception>
    public static LabelSelector Parse(string text) => TryParse(text, out LabelSelector selector, out string error) ? selector : throw new FormatException(error);

    /// <summary>Reads the text form; the error is worded as Kubernetes words it.</summary>
    public static bool TryParse(string text, out LabelSelector selector, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (IReadOnlyList<LabelRequirement>? requirements, error) = new LabelSelectorParser(text).Parse();
        selector = requirements is null ? Nothing : new LabelSelector(requirements);
        return requirements is not null;
    }

    /// <summary>Reads a LabelSelector object (matchLabels, matchExpressions). Kubernetes' rule: null matches nothing, the empty object everything.</summary>
    /// <exception cref="FormatException">It is not valid.</exception>
    public static LabelSelector FromJson(JsonObject? value) =>
        TryFromJson(value, out LabelSelector selector, out string error) ? selector : throw new FormatException(error);

    /// <summary>Reads a LabelSelector object; false with the reason where it is not valid.</summary>
    public static bool TryFromJson(JsonObject? value, out LabelSelector selector, out string error)
    {
        (selector, error) = (Nothing, "");
        if (value is null)
            return true;
        var requirements = new List<LabelRequirement>();
        error = ReadLabels(value["matchLabels"], requirements) ?? ReadExpressions(value["matchExpressions"], requirements) ?? "";
        if (error.Length > 0)
            return false;
        selector = new LabelSelector(requirements);
        return true;
    }

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Matches(labels.GetValueOrDefault);

    /// <summary>Whether an object is selected whose labels are looked up one by one; null where it has none of that name.</summary>
    public bool Matches(Func<string, string?> label)
    {
        if (_nothing)
            return false;
        foreach (LabelRequirement requirement in Requirements)
        {
            if (!requirement.Matches(label(requirement.Key)))
                return false;
        }
        return true;
    }

    private static string? ReadLabels(JsonNode? node, List<LabelRequirement> requirements)
    {
        if (node is null)
            return null;
        if (node is not JsonObject labels)
            return "matchLabels: must be an object";
        foreach ((string key, JsonNode? label) in labels)
        {
            if (Text(label) is not string text)
                return $"matchLabels[{key}]: must be a string";
            var requirement = new LabelRequirement(key, LabelOperator.In, [text]);
            if (requirement.Error() is string error)
                return error;
            requirements.Add(requirement);
        }
        return null;
    }

    private static string? ReadExpressions(JsonNode? node, List<LabelRequirement> requirements)
    {
        if (node is null)
            return null;
        if (node is not JsonArray expressions)
            return "matchExpressions: must be a list";
        foreach (JsonNode? item in expressions)
        {
            if (item is not JsonObject expression)
                return "matchExpressions: must be a list of objects";
            string name = Text(expression["operator"]) ?? "";
            LabelOperator? operation = name switch
            {
                "In" => LabelOperator.In,
                "NotIn" => LabelOperator.NotIn,
                "Exists" => LabelOperator.Exists,
                "DoesNotExist" => LabelOperator.DoesNotExist,
                _ => null,
            };
            if (operation is null)
                return $"\"{name}\" is not a valid label selector operator";
            if (expression["values"] is not (null or JsonArray))
                return "values: must be a list";
            string?[] values = [.. (expression["values"] as JsonArray ?? []).Select(Text)];
            if (values.Contains(null))
                return "values: must be a list of strings";
            var requirement = new LabelRequirement(Text(expression["key"]) ?? "", operation.Value, [.. values.OfType<string>()]);
            if (requirement.Error() is string error)
                return error;
            requirements.Add(requirement);
        }
        return null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
