namespace GoTemplate;

/// <summary>What a field of a map yields whose key is missing; Go's option "missingkey".</summary>
public enum MissingKey
{
    /// <summary>"missingkey=default": no value, printed as <c>&lt;no value&gt;</c>.</summary>
    NoValue,

    /// <summary>"missingkey=zero": the zero value of the map's element type.</summary>
    Zero,

    /// <summary>"missingkey=error": the execution fails.</summary>
    Error,
}
