using System.Globalization;
using System.Numerics;

namespace Isthmus.Core.Kubernetes;

/// <summary>A Kubernetes resource quantity such as <c>500m</c>, <c>1Gi</c> or <c>1e3</c>: an exact number and the family of its suffix.</summary>
public sealed class Quantity
{
    private const int Nano = 9;
    private static readonly BigInteger NanoUnit = BigInteger.Pow(10, Nano);
    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>What Kubernetes can hold; larger numbers become this one.</summary>
    private static readonly BigInteger Largest = long.MaxValue * NanoUnit;

    private readonly BigInteger _nanos;
    private readonly Family _family;

    private Quantity(BigInteger nanos, Family family) => (_nanos, _family) = (nanos, family);

    private enum Family
    {
        Decimal,
        Binary,
        Exponent,
    }

    /// <summary>The exact value, in units of 1e-9: for comparing.</summary>
    public BigInteger Nanos => _nanos;

    /// <summary>The value rounded up to an integer, as Kubernetes' <c>Value()</c> gives it.</summary>
    public BigInteger Value => DivideUp(_nanos, NanoUnit);

    /// <summary>Reads a quantity; precision beyond 1e-9 is rounded up, away from zero.</summary>
    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = new Quantity(0, Family.Decimal);
        if (string.IsNullOrEmpty(text))
            return false;
        int at = text[0] is '+' or '-' ? 1 : 0;
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        string digits = text[start..at];
        int fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            int point = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            fraction = at - point;
            digits += text[point..at];
        }
        if (digits.Length is 0 or > 400 || !TrySuffix(text[at..], out Family family, out int exponent))
            return false;

        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        BigInteger numerator = number * NanoUnit;
        BigInteger denominator = BigInteger.Pow(10, fraction);
        if (family == Family.Binary)
            numerator <<= exponent;
        else if (exponent >= 0)
            numerator *= BigInteger.Pow(10, exponent);
        else
            denominator *= BigInteger.Pow(10, -exponent);
        BigInteger nanos = BigInteger.Min(DivideUp(numerator, denominator), Largest);
        quantity = new Quantity(text[0] == '-' ? -nanos : nanos, family);
        return true;
    }

    /// <summary>The text that Kubernetes would write (2000m is 2, 1024Mi is 1Gi); null where the text is no quantity.</summary>
    public static string? Canonical(string? text) => TryParse(text, out Quantity quantity) ? quantity.ToString() : null;

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_nanos.IsZero)
            return "0";
        // Kubernetes' rule: below 1024 the binary family is written in decimal.
        if (_family == Family.Binary && BigInteger.Abs(_nanos) >= 1024 * NanoUnit)
            return Binary(_nanos.Sign < 0 ? -DivideUp(-_nanos, NanoUnit) : Value);
        BigInteger mantissa = _nanos;
        int exponent = -Nano;
        while ((mantissa % 1000).IsZero && (_family == Family.Exponent || exponent < 18))
        {
            mantissa /= 1000;
            exponent += 3;
        }
        if (_family == Family.Exponent)
            return exponent == 0 ? Text(mantissa) : $"{Text(mantissa)}e{exponent}";
        return Text(mantissa) + DecimalSuffixes[(exponent + Nano) / 3];
    }

    private static string Binary(BigInteger value)
    {
        int power = 0;
        while (power < BinarySuffixes.Length - 1 && (value % 1024).IsZero)
        {
            value /= 1024;
            power++;
        }
        return Text(value) + BinarySuffixes[power];
    }

    private static bool TrySuffix(string suffix, out Family family, out int exponent)
    {
        (family, exponent) = (Family.Decimal, 0);
        int index = Array.IndexOf(DecimalSuffixes, suffix);
        if (index >= 0)
        {
            exponent = (index * 3) - Nano;
            return true;
        }
        index = Array.IndexOf(BinarySuffixes, suffix);
        if (index > 0)
        {
            (family, exponent) = (Family.Binary, index * 10);
            return true;
        }
        family = Family.Exponent;
        return suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && Math.Abs(exponent) <= 400;
    }

    private static BigInteger DivideUp(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        return remainder.Sign > 0 ? quotient + 1 : quotient;
    }

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
}
