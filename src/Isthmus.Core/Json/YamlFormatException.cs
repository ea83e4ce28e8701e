namespace Isthmus.Core.Json;

/// <summary>Text that is no YAML, or YAML that is no JSON; worded like go-yaml: <c>yaml: line N: reason</c>.</summary>
public sealed class YamlFormatException : FormatException
{
    public YamlFormatException()
    {
    }

    public YamlFormatException(string message)
        : base(message)
    {
    }

    public YamlFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Reports a reason at a line, which counts from 1.</summary>
    public YamlFormatException(long line, string reason, Exception? innerException = null)
        : base($"yaml: line {line}: {reason}", innerException) => (Line, Reason) = (line, reason);

    /// <summary>Line of the trouble, from 1.</summary>
    public long Line { get; }

    /// <summary>The message without its place.</summary>
    public string Reason { get; } = "";
}
