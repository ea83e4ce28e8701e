using System.Text;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>A piece of a parsed template; its text is Go's, since error messages quote it.</summary>
internal abstract class Node(TemplateSource source, int position)
{
    public TemplateSource Source => source;

    public int Position => position;

    public abstract void Write(StringBuilder to);

    public sealed override string ToString()
    {
        var result = new StringBuilder();
        Write(result);
        return result.ToString();
    }
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A node that writes output.</summary>
internal abstract class Statement(TemplateSource source, int position) : Node(source, position)
{
    public abstract Flow Run(Execution x, object? dot);
}

/// <summary>A node that yields a value, as a command of its own or as an argument of one.</summary>
internal abstract class Operand(TemplateSource source, int position) : Node(source, position)
{
    /// <summary>Evaluates a command that begins with this operand; final is the value piped into it, or <see cref="Execution.Missing"/>.</summary>
    public abstract object? Run(Execution x, object? dot, CommandNode command, object? final);

    /// <summary>Evaluates the operand as an argument for a parameter.</summary>
    public abstract object? Argument(Execution x, object? dot, Functions.Parameter parameter);
}

/// <summary>The parser's mark of {{end}}; in no tree.</summary>
internal sealed class EndMark(TemplateSource source, int position) : Node(source, position)
{
    public override void Write(StringBuilder to) => to.Append("{{end}}");
}

/// <summary>The parser's mark of {{else}}; in no tree.</summary>
internal sealed class ElseMark(TemplateSource source, int position) : Node(source, position)
{
    public override void Write(StringBuilder to) => to.Append("{{else}}");
}
