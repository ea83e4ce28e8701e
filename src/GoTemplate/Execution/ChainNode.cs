using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>(pipeline).A.B or function.A.B.</summary>
internal sealed class ChainNode(TemplateSource source, int position, Operand node, string[] fields) : Operand(source, position)
{
    public override object? Run(Execution x, object? dot, CommandNode command, object? final) =>
        Evaluate(x, dot, command.Arguments, final);

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        return parameter.Accept(x, Evaluate(x, dot, [], Execution.Missing));
    }

    public override void Write(StringBuilder to)
    {
        if (node is PipeNode) to.Append('(');
        node.Write(to);
        if (node is PipeNode) to.Append(')');
        foreach (var field in fields) to.Append('.').Append(field);
    }

    private object? Evaluate(Execution x, object? dot, ReadOnlySpan<Operand> arguments, object? final)
    {
        x.At = this;
        if (node is NilNode) throw x.Fail($"indirection through explicit nil in {this}");
        var value = node.Argument(x, dot, Parameter.Value);
        return FieldAccess.Chain(x, dot, value, this, fields, arguments, final);
    }
}
