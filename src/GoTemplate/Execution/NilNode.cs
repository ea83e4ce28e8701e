using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class NilNode(TemplateSource source, int position) : Operand(source, position)
{
    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        Constants.RefuseArguments(x, command, final);
        throw x.Fail("nil is not a command");
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        if (!parameter.CanBeNil) throw x.Fail($"cannot assign nil to {parameter.GoName}");
        return parameter.Kind == ParameterKind.Value ? NoValue.Instance : null;
    }

    public override void Write(StringBuilder to) => to.Append("nil");
}
