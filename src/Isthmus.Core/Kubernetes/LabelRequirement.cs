using System.Globalization;

namespace Isthmus.Core.Kubernetes;

/// <summary>One condition of a label selector; <c>=</c> is <see cref="LabelOperator.In"/> of one value.</summary>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether the label of that key meets the condition; null where there is none.</summary>
    public bool Matches(string? value) => Operator switch
    {
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        LabelOperator.In => value is not null && Values.Contains(value),
        LabelOperator.NotIn => value is null || !Values.Contains(value),
        _ => Compare(value) is int order && (Operator == LabelOperator.GreaterThan ? order > 0 : order < 0),
    };

    private int? Compare(string? value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long left)
        && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long right)
            ? left.CompareTo(right)
            : null;

    /// <summary>Kubernetes' reason why the condition is not valid; null when it is.</summary>
    internal string? Error()
    {
        if (LabelNames.KeyError(Key) is string key)
            return $"key: Invalid value: \"{Key}\": {key}";
        switch (Operator)
        {
            case LabelOperator.In or LabelOperator.NotIn when Values.Count == 0:
                return "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty";
            case LabelOperator.Exists or LabelOperator.DoesNotExist when Values.Count > 0:
                return $"values: Invalid value: [{string.Join(" ", Values)}]: values set must be empty for exists and does not exist";
            case LabelOperator.GreaterThan or LabelOperator.LessThan
                when !long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                return $"values[0]: Invalid value: \"{Values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer";
        }
        for (int i = 0; i < Values.Count; i++)
        {
            if (LabelNames.ValueError(Values[i]) is string value)
                return $"values[{i}][{Key}]: Invalid value: \"{Values[i]}\": {value}";
        }
        return null;
    }
}
