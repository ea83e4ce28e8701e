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

/// <summary>Options of a template, fixed when it is parsed.</summary>
public sealed record TemplateOptions
{
    /// <summary>The options that Go starts with.</summary>
    public static TemplateOptions Default { get; } = new();

    /// <summary>What opens an action.</summary>
    public string LeftDelimiter { get; init; } = "{{";

    /// <summary>What closes an action.</summary>
    public string RightDelimiter { get; init; } = "}}";

    /// <summary>What a missing key yields.</summary>
    public MissingKey MissingKey { get; init; } = MissingKey.NoValue;
}
