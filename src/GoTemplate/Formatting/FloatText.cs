using System.Globalization;
using System.Numerics;

namespace GoTemplate.Formatting;

/// <summary>Go's strconv.FormatFloat: shortest or exact digits, laid out as %e, %f, %g, %b or %x.</summary>
internal static class FloatText
{
    /// <summary>The text of a number; precision -1 asks for the fewest digits that read back as the same number.</summary>
    public static string Format(double value, char verb, int precision, int bits = 64)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        var sign = double.IsNegative(value) ? "-" : "";
        var magnitude = Math.Abs(value);
        return sign + char.ToLowerInvariant(verb) switch
        {
            'b' => BinaryExponent(magnitude, bits),
            'x' => Hex(magnitude, precision, char.IsUpper(verb)),
            _ => Decimal(magnitude, verb, precision, bits),
        };
    }

    private static string Decimal(double value, char verb, int precision, int bits)
    {
        var shortest = precision < 0;
        var (digits, point) = shortest ? Shortest(value, bits) : Exact(value);
        switch (verb)
        {
            case 'f' or 'F':
                if (shortest) precision = Math.Max(digits.Length - point, 0);
                else (digits, point) = Round(digits, point, point + precision);
                return Plain(digits, point, precision);
            case 'e' or 'E':
                if (shortest) precision = Math.Max(digits.Length - 1, 0);
                else (digits, point) = Round(digits, point, precision + 1);
                return Exponent(digits, point, precision, verb);
            default:
                if (precision == 0) precision = 1;
                if (!shortest) (digits, point) = Round(digits, point, precision);
                var threshold = shortest ? 6 : precision;
                if (!shortest && threshold > digits.Length && digits.Length >= point) threshold = digits.Length;
                var exponent = digits.Length == 0 ? 0 : point - 1;
                if (exponent < -4 || exponent >= threshold)
                    return Exponent(digits, point, Math.Max(digits.Length - 1, 0), verb == 'G' ? 'E' : 'e');
                return Plain(digits, point, Math.Max(digits.Length - point, 0));
        }
    }

    private static string Plain(string digits, int point, int precision)
    {
        var whole = point > 0 ? digits[..Math.Min(point, digits.Length)].PadRight(point, '0') : "0";
        if (precision <= 0) return whole;
        var fraction = new char[precision];
        for (var i = 0; i < precision; i++)
        {
            var at = point + i;
            fraction[i] = at >= 0 && at < digits.Length ? digits[at] : '0';
        }

        return whole + "." + new string(fraction);
    }

    private static string Exponent(string digits, int point, int precision, char e)
    {
        var first = digits.Length > 0 ? digits[..1] : "0";
        var rest = precision <= 0 ? "" : "." + (digits.Length > 1 ? digits[1..Math.Min(digits.Length, precision + 1)] : "").PadRight(precision, '0');
        var exponent = digits.Length == 0 ? 0 : point - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{first}{rest}{e}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static (string Digits, int Point) Shortest(double value, int bits)
    {
        if (value == 0) return ("", 0);
        var text = bits == 32 ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), point - zeros);
    }

    /// <summary>All digits of the binary number's exact decimal value.</summary>
    private static (string Digits, int Point) Exact(double value)
    {
        if (value == 0) return ("", 0);
        var (mantissa, exponent) = Parts(value);
        var scaled = exponent >= 0 ? new BigInteger(mantissa) << exponent : mantissa * BigInteger.Pow(5, -exponent);
        var text = scaled.ToString(CultureInfo.InvariantCulture);
        var point = text.Length - (exponent >= 0 ? 0 : -exponent);
        return (text.TrimEnd('0'), point);
    }

    /// <summary>Rounds to a number of digits, halves to even, as Go does on the exact value.</summary>
    private static (string Digits, int Point) Round(string digits, int point, int count)
    {
        if (count >= digits.Length) return (digits, point);
        if (count < 0) return ("", 0);
        var up = digits[count] > '5'
            || (digits[count] == '5' && (digits.Length > count + 1 || (count > 0 && (digits[count - 1] - '0') % 2 == 1)));
        if (!up)
        {
            var kept = digits[..count].TrimEnd('0');
            return kept.Length == 0 ? ("", 0) : (kept, point);
        }

        var rounded = digits[..count].ToCharArray();
        for (var i = count - 1; i >= 0; i--)
        {
            if (rounded[i] != '9')
            {
                rounded[i]++;
                return (new string(rounded, 0, i + 1), point);
            }
        }

        return ("1", point + 1);
    }

    private static string BinaryExponent(double value, int bits)
    {
        if (bits == 32)
        {
            var single = BitConverter.SingleToInt32Bits((float)value);
            var e = (single >> 23) & 0xff;
            var m = (single & 0x7fffff) | (e == 0 ? 0 : 0x800000);
            return string.Create(CultureInfo.InvariantCulture, $"{m}p{Math.Max(e, 1) - 150:+0;-0}");
        }

        var (mantissa, exponent) = Parts(value);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}p{exponent:+0;-0}");
    }

    private static string Hex(double value, int precision, bool upper)
    {
        if (value == 0)
        {
            var zero = "0x0" + (precision > 0 ? "." + new string('0', precision) : "") + "p+00";
            return upper ? zero.ToUpperInvariant() : zero;
        }

        var (mantissa, exponent) = Parts(value);
        var shift = 52 - (63 - BitOperations.LeadingZeroCount((ulong)mantissa));
        var normal = (ulong)mantissa << shift;
        exponent += 52 - shift;
        if (precision is >= 0 and < 13)
        {
            var drop = 52 - (precision * 4);
            var half = 1UL << (drop - 1);
            var rest = normal & ((1UL << drop) - 1);
            normal >>= drop;
            if (rest > half || (rest == half && (normal & 1) == 1)) normal++;
            normal <<= drop;
            if (normal >> 53 != 0)
            {
                normal >>= 1;
                exponent++;
            }
        }

        var fraction = (normal & ((1UL << 52) - 1)).ToString("x13", CultureInfo.InvariantCulture);
        fraction = precision < 0 ? fraction.TrimEnd('0') : fraction.PadRight(precision, '0')[..precision];
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"0x{normal >> 52}{(fraction.Length > 0 ? "." : "")}{fraction}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        return upper ? text.ToUpperInvariant() : text;
    }

    private static (long Mantissa, int Exponent) Parts(double value)
    {
        var raw = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((raw >> 52) & 0x7ff);
        var mantissa = raw & 0xfffffffffffffL;
        return exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << 52), exponent - 1075);
    }
}
