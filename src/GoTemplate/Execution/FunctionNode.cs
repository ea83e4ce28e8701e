using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>A function's name.</summary>
internal sealed class FunctionNode(TemplateSource source, int position, Function function) : Operand(source, position)
{
    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        return Calls.Call(x, dot, function, command, command.Arguments, final);
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        return parameter.Accept(x, Calls.Call(x, dot, function, this, [], Execution.Missing));
    }

    public override void Write(StringBuilder to) => to.Append(function.Name);
}
