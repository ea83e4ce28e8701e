namespace GoTemplate;

/// <summary>At which stage a template failed.</summary>
public enum TemplateFailure
{
    /// <summary>The text is not a valid template.</summary>
    Parse,

    /// <summary>The template did something that Go refuses: a missing field, a wrong type, an error of a function.</summary>
    Execution,

    /// <summary>The template reached one of its <see cref="ExecutionLimits"/>.</summary>
    Limit,
}
