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

/// <summary>$x or $x.A.B.</summary>
internal sealed class VariableNode(TemplateSource source, int position, string name, int slot, string[] fields) : Operand(source, position)
{
    public string Name => name;

    public int Slot => slot;

    public string[] Fields => fields;

    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        var value = Read(x);
        if (fields.Length > 0) return FieldAccess.Chain(x, dot, value, this, fields, command.Arguments, final);
        Constants.RefuseArguments(x, command, final);
        return value;
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        var value = Read(x);
        if (fields.Length > 0) value = FieldAccess.Chain(x, dot, value, this, fields, [], Execution.Missing);
        return parameter.Accept(x, value);
    }

    public override void Write(StringBuilder to)
    {
        to.Append(name);
        foreach (var field in fields) to.Append('.').Append(field);
    }

    private object? Read(Execution x)
    {
        var value = slot < 0 ? Execution.Undefined : x.Variables[slot];
        return ReferenceEquals(value, Execution.Undefined) ? throw x.Fail($"undefined variable: {name}") : value;
    }
}

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
