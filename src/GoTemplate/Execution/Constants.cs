using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal static class Constants
{
    public static void RefuseArguments(Execution x, CommandNode command, object? final)
    {
        if (command.Operands.Count > 1 || final != Execution.Missing)
            throw x.Fail($"can't give argument to non-function {command.Operands[0]}");
    }
}

/// <summary>A constant; as an argument it takes the type of the parameter.</summary>
internal abstract class ConstantNode(TemplateSource source, int position) : Operand(source, position)
{
    public override object? Run(Execution x, object? dot, CommandNode command, object? final)
    {
        x.At = this;
        Constants.RefuseArguments(x, command, final);
        return Ideal(x);
    }

    public override object? Argument(Execution x, object? dot, Parameter parameter)
    {
        x.At = this;
        if (parameter.IsAny) return Ideal(x);
        if (parameter.Expected is not { } expected) throw x.Fail($"can't handle {this} for arg of type {parameter.GoName}");
        return As(parameter) ?? throw x.Fail($"expected {expected}; found {this}");
    }

    /// <summary>The value where no type is asked for.</summary>
    protected abstract object? Ideal(Execution x);

    /// <summary>The value in the parameter's type; null if it does not fit.</summary>
    protected abstract object? As(Parameter parameter);
}

internal sealed class BoolNode(TemplateSource source, int position, bool value) : ConstantNode(source, position)
{
    private readonly object _value = GoValue.Box(value);

    public override void Write(StringBuilder to) => to.Append(value ? "true" : "false");

    protected override object Ideal(Execution x) => _value;

    protected override object? As(Parameter parameter) => parameter.Kind == ParameterKind.Bool ? _value : null;
}

internal sealed class StringNode(TemplateSource source, int position, string quoted, string value) : ConstantNode(source, position)
{
    public override void Write(StringBuilder to) => to.Append(quoted);

    protected override object Ideal(Execution x) => value;

    protected override object? As(Parameter parameter) => parameter.Kind == ParameterKind.String ? value : null;
}

internal sealed class NumberNode(TemplateSource source, int position, NumberConstant number) : ConstantNode(source, position)
{
    private readonly object? _ideal = IdealOf(number);

    public override void Write(StringBuilder to) => to.Append(number.Text);

    protected override object Ideal(Execution x) => _ideal ?? throw x.Fail($"{number.Text} overflows int");

    protected override object? As(Parameter parameter) => parameter.Kind switch
    {
        ParameterKind.Int => number.Int is { } n ? GoValue.Int(n) : null,
        ParameterKind.Int64 => number.Int,
        ParameterKind.Uint => number.Uint,
        ParameterKind.Float64 => number.Float,
        _ => null,
    };

    private static object? IdealOf(NumberConstant number)
    {
        if (number.IsComplexLiteral) return number.Complex;
        var text = number.Text;
        if (number.Complex is { } complex) return complex;
        var isHexInteger = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.AsSpan().IndexOfAny("pP") < 0;
        if (number.Float is { } f && !isHexInteger && text[0] != '\'' && text.AsSpan().IndexOfAny(".eEpP") >= 0) return f;
        return number.Int is { } i ? GoValue.Int(i) : null;
    }
}

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
