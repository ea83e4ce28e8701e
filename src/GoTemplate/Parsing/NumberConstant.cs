using System.Globalization;
using System.Numerics;

namespace GoTemplate.Parsing;

/// <summary>An untyped constant, in every type that can hold it exactly.</summary>
internal sealed record NumberConstant(string Text)
{
    public long? Int { get; private init; }

    public ulong? Uint { get; private init; }

    public double? Float { get; private init; }

    public Complex? Complex { get; private init; }

    public bool IsComplexLiteral => Complex is not null && Int is null && Float is null;

    /// <summary>Null with Go's message if the text is no number.</summary>
    public static NumberConstant? Parse(string text, TokenKind kind, out string error)
    {
        error = $"bad number syntax: {Formatting.Quoting.Quote(text)}";
        switch (kind)
        {
            case TokenKind.CharConstant:
                return Unquoting.Rune(text, out error) is { } rune
                    ? new NumberConstant(text) { Int = rune, Uint = (ulong)rune, Float = rune }
                    : null;
            case TokenKind.Complex:
                return FromComplex(text);
        }

        if (text.EndsWith('i'))
            return ReadFloat(text[..^1]) is { } imaginary ? Simplify(text, new Complex(0, imaginary)) : null;
        return FromReal(text, ref error);
    }

    private static NumberConstant? FromReal(string text, ref string error)
    {
        var integer = ReadInteger(text);
        long? i = integer is { } v && v >= long.MinValue && v <= long.MaxValue ? (long)v : null;
        ulong? u = integer is { } w && w >= 0 && w <= ulong.MaxValue && text[0] is not ('+' or '-') ? (ulong)w : null;
        // "-0" is an unsigned 0 as well.
        if (i == 0) u = 0;
        if (i is not null || u is not null)
            return new NumberConstant(text) { Int = i, Uint = u, Float = i is not null ? (double)i : (double?)u };
        if (ReadFloat(text) is not { } number) return null;
        if (integer is not null || text.AsSpan().IndexOfAny(".eEpP") < 0)
        {
            error = $"integer overflow: {Formatting.Quoting.Quote(text)}";
            return null;
        }

        return new NumberConstant(text) { Int = AsInt(number), Uint = AsUint(number), Float = number };
    }

    private static NumberConstant? FromComplex(string text)
    {
        var split = text.LastIndexOfAny(['+', '-'], text.Length - 2);
        // The sign of an exponent is no separator.
        if (split > 0 && text[split - 1] is 'e' or 'E' or 'p' or 'P' && !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            split = text.LastIndexOfAny(['+', '-'], split - 1);
        if (split <= 0 || ReadFloat(text[..split]) is not { } real || ReadFloat(text[split..^1]) is not { } imaginary) return null;
        return Simplify(text, new Complex(real, imaginary));
    }

    private static NumberConstant Simplify(string text, Complex value)
    {
        if (value.Imaginary != 0) return new NumberConstant(text) { Complex = value };
        return new NumberConstant(text) { Complex = value, Float = value.Real, Int = AsInt(value.Real), Uint = AsUint(value.Real) };
    }

    private static long? AsInt(double value) => value >= -9.2233720368547758e18 && value < 9.2233720368547758e18 && value == Math.Truncate(value) ? (long)value : null;

    private static ulong? AsUint(double value) => value >= 0 && value < 1.8446744073709552e19 && value == Math.Truncate(value) ? (ulong)value : null;

    /// <summary>strconv.ParseInt(text, 0, …) without a limit of size.</summary>
    private static BigInteger? ReadInteger(string text)
    {
        var sign = text[0] == '-' ? -1 : 1;
        var digits = text[0] is '+' or '-' ? text[1..] : text;
        var radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            radix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 8 };
            digits = char.IsAsciiLetter(digits[1]) ? digits[2..] : digits[1..];
            if (digits.StartsWith('_')) digits = digits[1..];
        }

        if (!Underscores(digits) || digits.Length > 400) return null;
        BigInteger result = 0;
        foreach (var c in digits.Where(c => c != '_'))
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : 99;
            if (digit >= radix) return null;
            result = (result * radix) + digit;
        }

        return result * sign;
    }

    private static double? ReadFloat(string text)
    {
        var sign = text.StartsWith('-') ? -1.0 : 1.0;
        var rest = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        if (rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return ReadHexFloat(rest[2..]) * sign;
        if (rest.StartsWith("0b", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("0o", StringComparison.OrdinalIgnoreCase))
            return (double?)ReadInteger(rest) * sign;
        if (rest.Contains('_', StringComparison.Ordinal) && !Underscores(rest)) return null;
        rest = rest.Replace("_", "", StringComparison.Ordinal);
        const NumberStyles styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(rest, styles, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value * sign : null;
    }

    private static double? ReadHexFloat(string text)
    {
        var p = text.IndexOfAny(['p', 'P']);
        var exponent = 0;
        if (p >= 0 && !int.TryParse(text.AsSpan(p + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return null;
        var mantissa = (p < 0 ? text : text[..p]).Replace("_", "", StringComparison.Ordinal);
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            if (p < 0) return null;
            exponent -= 4 * (mantissa.Length - dot - 1);
            mantissa = mantissa.Remove(dot, 1);
        }

        if (mantissa.Length is 0 or > 300) return null;
        if (!BigInteger.TryParse("0" + mantissa, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return null;
        var result = Math.ScaleB((double)value, Math.Clamp(exponent, -5000, 5000));
        return double.IsFinite(result) ? result : null;
    }

    /// <summary>Underscores separate digits only.</summary>
    private static bool Underscores(string digits) =>
        digits.Length > 0 && digits[0] != '_' && digits[^1] != '_' && !digits.Contains("__", StringComparison.Ordinal);
}
