namespace Isthmus.Core.Kubernetes;

/// <summary>Operators of label selectors; the last two exist in the text form only.</summary>
public enum LabelOperator
{
    /// <summary>The value is one of a set.</summary>
    In,

    /// <summary>The label is absent, or its value is none of a set.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is absent.</summary>
    DoesNotExist,

    /// <summary>The value is an integer above a bound.</summary>
    GreaterThan,

    /// <summary>The value is an integer below a bound.</summary>
    LessThan,
}
