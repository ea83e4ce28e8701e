using System.Text;
using GoTemplate.Functions;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate.Execution;

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
