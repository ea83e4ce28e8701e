using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

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
