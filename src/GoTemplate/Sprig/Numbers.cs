using System.Globalization;
using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's arithmetic: int64 that wraps, and floats by way of decimals.</summary>
internal static class Numbers
{
    public static readonly Function[] All =
    [
        Function.Create("atoi(string)", a => GoValue.Int(ParseDecimal(a.String(0)))),
        Function.Create("int(any)", a => GoValue.Int(ToInt64(a[0]))),
        Function.Create("int64(any)", a => ToInt64(a[0])),
        Function.Create("float64(any)", a => ToFloat64(a[0])),
        Function.Create("toDecimal(any)", a => OctalToDecimal(Printer.Sprint(a[0]))),
        Function.Create("add1(any)", a => unchecked(ToInt64(a[0]) + 1)),
        Function.Create("add(...any)", a => Fold(a, 0, 0, static (x, y) => unchecked(x + y))),
        Function.Create("sub(any,any)", a => unchecked(ToInt64(a[0]) - ToInt64(a[1]))),
        Function.Create("mul(any,...any)", a => Fold(a, ToInt64(a[0]), 1, static (x, y) => unchecked(x * y))),
        Function.Create("div(any,any)", a => Divide(ToInt64(a[0]), ToInt64(a[1]), false)),
        Function.Create("mod(any,any)", a => Divide(ToInt64(a[0]), ToInt64(a[1]), true)),
        Function.Create("max(any,...any)", a => Fold(a, ToInt64(a[0]), 1, Math.Max)),
        Function.Create("biggest(any,...any)", a => Fold(a, ToInt64(a[0]), 1, Math.Max)),
        Function.Create("min(any,...any)", a => Fold(a, ToInt64(a[0]), 1, Math.Min)),
        Function.Create("maxf(any,...any)", a => FoldFloat(a, ToFloat64(a[0]), Math.Max)),
        Function.Create("minf(any,...any)", a => FoldFloat(a, ToFloat64(a[0]), Math.Min)),
        Function.Create("add1f(any)", a => Exact(ToFloat64(a[0]), 1, static (x, y) => x + y, static (x, y) => x + y)),
        Function.Create("addf(...any)", a => FoldExact(a, 0, 0, static (x, y) => x + y, static (x, y) => x + y)),
        Function.Create("subf(any,...any)", a => FoldExact(a, ToFloat64(a[0]), 1, static (x, y) => x - y, static (x, y) => x - y)),
        Function.Create("mulf(any,...any)", a => FoldExact(a, ToFloat64(a[0]), 1, static (x, y) => x * y, static (x, y) => x * y)),
        Function.Create("divf(any,...any)", a => FoldExact(a, ToFloat64(a[0]), 1, Quotient, static (x, y) => x / y)),
        Function.Create("ceil(any)", a => Math.Ceiling(ToFloat64(a[0]))),
        Function.Create("floor(any)", a => Math.Floor(ToFloat64(a[0]))),
        Function.Create("round(any,int,...float64)", Round),
        Function.Create("until(int)", a => Steps(a.Execution, 0, a.Int(0), a.Int(0) < 0 ? -1 : 1).Select(GoValue.Int).ToList<object?>()),
        Function.Create("untilStep(int,int,int)", a => Steps(a.Execution, a.Int(0), a.Int(1), a.Int(2)).Select(GoValue.Int).ToList<object?>()),
        Function.Create("seq(...int)", Sequence),
    ];

    /// <summary>Whatever looks like a number, otherwise 0; the rule of the "cast" library that Sprig uses.</summary>
    public static long ToInt64(object? value)
    {
        if (GoValue.TryInteger(value, out var i)) return i;
        if (GoValue.TryUnsigned(value, out var u)) return unchecked((long)u);
        if (GoValue.TryFloat(value, out var f)) return Truncate(f);
        return value switch
        {
            true => 1,
            string text => ParseAnyBase(text),
            _ => 0,
        };
    }

    public static double ToFloat64(object? value)
    {
        if (GoValue.TryFloat(value, out var f)) return f;
        if (GoValue.TryInteger(value, out var i)) return i;
        if (GoValue.TryUnsigned(value, out var u)) return u;
        return value switch
        {
            true => 1,
            string text when double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => 0,
        };
    }

    /// <summary>Go's conversion of floats beyond int64 gives the smallest one on common processors.</summary>
    private static long Truncate(double value) =>
        value is > -9.3e18 and < 9.2233720368547758e18 && value >= long.MinValue ? (long)value : long.MinValue;

    private static long ParseDecimal(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static long ParseAnyBase(string text)
    {
        // cast cuts ".000" off.
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && text.AsSpan(dot + 1).TrimEnd('0').IsEmpty) text = text[..dot];
        if (text.Length == 0 || text.Contains('\'', StringComparison.Ordinal)) return 0;
        return Parsing.NumberConstant.Parse(text, Parsing.TokenKind.Number, out _) is { Int: { } value } && text.AsSpan().IndexOfAny(".i") < 0
            && (text.Contains('x', StringComparison.OrdinalIgnoreCase) || text.AsSpan().IndexOfAny("eEpP") < 0) ? value : 0;
    }

    private static long OctalToDecimal(string text)
    {
        var negative = text.StartsWith('-');
        var digits = negative || text.StartsWith('+') ? text[1..] : text;
        if (digits.Length is 0 or > 21 || digits.Any(c => c is < '0' or > '7')) return 0;
        var value = digits.Aggregate((Int128)0, (sum, c) => (sum * 8) + (c - '0'));
        return value > long.MaxValue ? 0 : negative ? -(long)value : (long)value;
    }

    private static long Fold(Arguments a, long start, int from, Func<long, long, long> operation)
    {
        for (var i = from; i < a.Count; i++) start = operation(start, ToInt64(a[i]));
        return start;
    }

    private static double FoldFloat(Arguments a, double start, Func<double, double, double> operation)
    {
        for (var i = 1; i < a.Count; i++) start = operation(start, ToFloat64(a[i]));
        return start;
    }

    private static double FoldExact(
        Arguments a, double start, int from, Func<decimal, decimal, decimal> exact, Func<double, double, double> otherwise)
    {
        for (var i = from; i < a.Count; i++) start = Exact(start, ToFloat64(a[i]), exact, otherwise);
        return start;
    }

    /// <summary>Sprig goes through decimals, so that 1.1 + 2.2 is 3.3; numbers that no decimal holds are computed as floats.</summary>
    private static double Exact(double x, double y, Func<decimal, decimal, decimal> exact, Func<double, double, double> otherwise)
    {
        if (!(IsDecimal(x) && IsDecimal(y))) return otherwise(x, y);
        try
        {
            return (double)exact(Decimal(x), Decimal(y));
        }
        catch (OverflowException)
        {
            return otherwise(x, y);
        }

        static bool IsDecimal(double v) => v == 0 || (Math.Abs(v) is > 1e-12 and < 1e15);

        static decimal Decimal(double v) => decimal.Parse(v.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static decimal Quotient(decimal x, decimal y) =>
        y == 0 ? throw new FunctionException("decimal division by 0") : Math.Round(x / y, 16, MidpointRounding.AwayFromZero);

    private static long Divide(long x, long y, bool remainder)
    {
        if (y == 0) throw new FunctionException("runtime error: integer divide by zero");
        if (y == -1) return remainder ? 0L : unchecked(-x);
        return remainder ? x % y : x / y;
    }

    private static object Round(Arguments a)
    {
        var half = a.Count > 2 ? a.Float(2) : 0.5;
        var power = Math.Pow(10, a.Int(1));
        var digit = power * ToFloat64(a[0]);
        var fraction = digit - Math.Truncate(digit);
        return (fraction >= half ? Math.Ceiling(digit) : Math.Floor(digit)) / power;
    }

    private static List<long> Steps(Execution.Execution x, long start, long stop, long step)
    {
        var result = new List<long>();
        if (stop < start ? step >= 0 : step <= 0) return result;
        for (Int128 i = start; stop < start ? i > stop : i < stop; i += step)
        {
            if ((result.Count & 0xfff) == 0) x.ChargeElements(0x1000);
            result.Add((long)i);
        }

        return result;
    }

    private static object Sequence(Arguments a)
    {
        if (a.Count is 0 or > 3) return "";
        var start = a.Count == 1 ? 1 : a.Int(0);
        var end = a.Int(a.Count - 1);
        var direction = end < start ? -1 : 1;
        var step = a.Count == 3 ? a.Int(1) : direction;
        if (a.Count == 3 && end < start && step > 0) return "";
        var result = new StringBuilder();
        foreach (var number in Steps(a.Execution, start, end + direction, step))
        {
            if (result.Length > 0) result.Append(' ');
            result.Append(number);
        }

        return result.ToString();
    }
}
