namespace GoTemplate;

/// <summary>A template that cannot be parsed or executed. The message is worded as Go words it, with template name, line and column.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Creates the exception; line and column are 0 where they are not known.</summary>
    public TemplateException(TemplateFailure failure, string templateName, int line, int column, string message, Exception? innerException = null)
        : base(message, innerException) =>
        (Failure, TemplateName, Line, Column) = (failure, templateName, line, column);

    /// <summary>The stage that failed.</summary>
    public TemplateFailure Failure { get; }

    /// <summary>The name given to <see cref="Template.Parse"/>.</summary>
    public string TemplateName { get; }

    /// <summary>The line, from 1; 0 if unknown.</summary>
    public int Line { get; }

    /// <summary>The column in bytes of UTF-8, from 0 as Go counts; 0 while parsing.</summary>
    public int Column { get; }
}
