namespace GoTemplate;

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
