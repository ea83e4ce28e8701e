using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;

namespace GoTemplate.Execution;

internal sealed class StringNode(TemplateSource source, int position, string quoted, string value) : ConstantNode(source, position)
{
    public override void Write(StringBuilder to) => to.Append(quoted);

    protected override object Ideal(Execution x) => value;

    protected override object? As(Parameter parameter) => parameter.Kind == ParameterKind.String ? value : null;
}
