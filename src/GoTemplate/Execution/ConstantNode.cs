using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

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
