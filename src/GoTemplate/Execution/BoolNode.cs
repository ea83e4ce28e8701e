using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

internal sealed class BoolNode(TemplateSource source, int position, bool value) : ConstantNode(source, position)
{
    private readonly object _value = GoValue.Box(value);

    public override void Write(StringBuilder to) => to.Append(value ? "true" : "false");

    protected override object Ideal(Execution x) => _value;

    protected override object? As(Parameter parameter) => parameter.Kind == ParameterKind.Bool ? _value : null;
}
