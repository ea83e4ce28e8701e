using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

internal sealed class DotNode(TemplateSource source, int position) : Operand(source, position)
{
    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        Constants.RefuseArguments(x, command, final);
        return dot;
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        return parameter.Accept(x, dot);
    }

    public override void Write(StringBuilder to) => to.Append('.');
}
