using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>.A.B: fields of dot.</summary>
internal sealed class FieldNode(TemplateSource source, int position, string[] names) : Operand(source, position)
{
    public string[] Names => names;

    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        return FieldAccess.Chain(x, dot, dot, this, names, command.Arguments, final);
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        return parameter.Accept(x, FieldAccess.Chain(x, dot, dot, this, names, [], Execution.Missing));
    }

    public override void Write(StringBuilder to)
    {
        foreach (var name in names) to.Append('.').Append(name);
    }
}
