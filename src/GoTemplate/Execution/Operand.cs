using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>A node that yields a value, as a command of its own or as an argument of one.</summary>
internal abstract class Operand(TemplateSource source, int position) : Node(source, position)
{
    /// <summary>Evaluates a command that begins with this operand; final is the value piped into it, or <see cref="Execution.Missing"/>.</summary>
    public abstract object? Run(Execution x, object? dot, CommandNode command, object? final);

    /// <summary>Evaluates the operand as an argument for a parameter.</summary>
    public abstract object? Argument(Execution x, object? dot, Functions.Parameter parameter);
}
