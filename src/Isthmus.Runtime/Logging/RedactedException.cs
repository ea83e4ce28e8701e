using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Logging;

/// <summary>Stands for an exception whose text, or that of one within it, holds a secret.</summary>
internal sealed class RedactedException : Exception
{
    private readonly string _text;
    private readonly string? _stackTrace;

    private RedactedException(Exception fault, string text)
        : base(Redaction.Text(fault.Message)) => (_text, _stackTrace) = (text, fault.StackTrace);

    public override string? StackTrace => _stackTrace;

    /// <summary>The exception itself where there is nothing to hide: providers sort by its type.</summary>
    public static Exception Of(Exception fault)
    {
        var text = fault.ToString();
        var redacted = Redaction.Text(text);
        return redacted == text ? fault : new RedactedException(fault, redacted);
    }

    public override string ToString() => _text;
}
