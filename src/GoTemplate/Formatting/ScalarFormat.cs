using System.Globalization;
using System.Numerics;
using System.Text;
using GoTemplate.Values;

namespace GoTemplate.Formatting;

/// <summary>How fmt lays out texts and numbers: width, precision, signs, prefixes.</summary>
internal static class ScalarFormat
{
    public static string RuneText(int rune) => Rune.IsValid(rune) ? new Rune(rune).ToString() : "\ufffd";

    public static void Pad(Printer to, string text)
    {
        if (to.Flags.Width <= 0)
        {
            to.Output.Append(text);
            return;
        }

        var missing = to.Flags.Width - GoText.RuneCount(text);
        if (to.Flags.Minus)
        {
            to.Output.Append(text);
            to.Output.Append(' ', missing);
        }
        else
        {
            to.Output.Append(to.Flags.Zero ? '0' : ' ', missing);
            to.Output.Append(text);
        }
    }

    public static void Text(Printer to, string text) => Pad(to, Truncate(to, text));

    public static void Quoted(Printer to, string text)
    {
        text = Truncate(to, text);
        if (to.Flags.Sharp && Quoting.CanBackquote(text)) Pad(to, "`" + text + "`");
        else Pad(to, Quoting.Quote(text, to.Flags.Plus));
    }

    public static void Hex(Printer to, byte[] bytes, bool upper)
    {
        if (to.Flags.Precision >= 0 && to.Flags.Precision < bytes.Length) bytes = bytes[..to.Flags.Precision];
        var prefix = !to.Flags.Sharp || bytes.Length == 0 ? "" : upper ? "0X" : "0x";
        var digits = upper ? Convert.ToHexString(bytes) : Convert.ToHexStringLower(bytes);
        if (to.Flags.Space && bytes.Length > 0)
            digits = string.Join(' ' + prefix, bytes.Select(b => b.ToString(upper ? "X2" : "x2", CultureInfo.InvariantCulture)));
        Pad(to, prefix + digits);
    }

    public static void Float(Printer to, double value, int bits, char verb, int precision)
    {
        if (to.Flags.Precision >= 0) precision = to.Flags.Precision;
        var text = FloatText.Format(value, verb, precision, bits);
        if (text[0] is not ('-' or '+')) text = "+" + text;
        if (to.Flags.Space && text[0] == '+' && !to.Flags.Plus) text = " " + text[1..];
        if (!double.IsFinite(value))
        {
            var zero = to.Flags.Zero;
            to.Flags.Zero = false;
            Pad(to, (double.IsNaN(value) && !to.Flags.Space && !to.Flags.Plus) || (text[0] == '+' && !to.Flags.Plus && double.IsNaN(value)) ? text[1..] : text);
            to.Flags.Zero = zero;
            return;
        }

        if (to.Flags.Sharp && verb != 'b') text = KeepZeros(text, verb, precision);
        if (!to.Flags.Plus && text[0] == '+')
        {
            Pad(to, text[1..]);
            return;
        }

        if (to.Flags.Zero && !to.Flags.Minus && to.Flags.Width > text.Length)
        {
            to.Output.Append(text[0]);
            to.Flags.Width--;
            Pad(to, text[1..]);
            to.Flags.Width++;
            return;
        }

        Pad(to, text);
    }

    public static void Integer(Printer to, object value, ulong magnitude, bool negative, bool signed, int verb)
    {
        switch (verb)
        {
            case 'v' when to.Flags.SharpV && !signed:
                Digits(to, magnitude, false, 16, verb, "0x");
                break;
            case 'v' or 'd':
                Digits(to, magnitude, negative, 10, verb, "");
                break;
            case 'b':
                Digits(to, magnitude, negative, 2, verb, to.Flags.Sharp ? "0b" : "");
                break;
            case 'o':
                Digits(to, magnitude, negative, 8, verb, to.Flags.Sharp ? "0" : "");
                break;
            case 'O':
                Digits(to, magnitude, negative, 8, verb, "0o");
                break;
            case 'x':
                Digits(to, magnitude, negative, 16, verb, to.Flags.Sharp ? "0x" : "");
                break;
            case 'X':
                Digits(to, magnitude, negative, 16, verb, to.Flags.Sharp ? "0X" : "");
                break;
            case 'c':
                Pad(to, RuneText(negative ? -1 : (int)Math.Min(magnitude, int.MaxValue)));
                break;
            case 'q':
                Pad(to, Quoting.QuoteRune(negative ? -1 : (long)Math.Min(magnitude, int.MaxValue), to.Flags.Plus));
                break;
            case 'U':
                Unicode(to, negative ? 0 - magnitude : magnitude);
                break;
            default:
                to.BadVerb(value, verb);
                break;
        }
    }

    private static void Digits(Printer to, ulong magnitude, bool negative, int radix, int verb, string prefix)
    {
        var sign = negative ? "-" : to.Flags.Plus ? "+" : to.Flags.Space ? " " : "";
        var digits = InRadix(magnitude, radix, verb == 'X');
        if (to.Flags.Precision >= 0)
        {
            // A precision of 0 prints nothing for the value 0.
            if (to.Flags.Precision == 0 && magnitude == 0)
            {
                var zero = to.Flags.Zero;
                to.Flags.Zero = false;
                to.Output.Append(' ', to.Flags.Width);
                to.Flags.Zero = zero;
                return;
            }

            digits = Zeros(to, digits, to.Flags.Precision);
        }
        else if (to.Flags.Zero && !to.Flags.Minus && to.Flags.Width > 0)
        {
            digits = Zeros(to, digits, to.Flags.Width - sign.Length);
        }

        if (prefix == "0" && digits[0] == '0') prefix = "";
        var flag = to.Flags.Zero;
        to.Flags.Zero = false;
        Pad(to, sign + prefix + digits);
        to.Flags.Zero = flag;
    }

    private static string Zeros(Printer to, string digits, int width)
    {
        // Padding counts before it is made: formats can ask for a million digits.
        if (width > 4096)
        {
            to.Output.Append('0', width);
            to.Output.CheckLimit();
        }

        return digits.PadLeft(Math.Max(width, 0), '0');
    }

    private static void Unicode(Printer to, ulong value)
    {
        var text = "U+" + InRadix(value, 16, true).PadLeft(Math.Max(4, to.Flags.Precision), '0');
        if (to.Flags.Sharp && value <= 0x10ffff && Rune.IsValid((int)value) && GoText.IsPrint(new Rune((int)value)))
            text += $" '{RuneText((int)value)}'";
        var zero = to.Flags.Zero;
        to.Flags.Zero = false;
        Pad(to, text);
        to.Flags.Zero = zero;
    }

    private static string InRadix(ulong value, int radix, bool upper) => radix switch
    {
        10 => value.ToString(CultureInfo.InvariantCulture),
        16 => value.ToString(upper ? "X" : "x", CultureInfo.InvariantCulture),
        2 => value.ToString("b", CultureInfo.InvariantCulture),
        _ => Octal(value),
    };

    private static string Octal(ulong value)
    {
        if (value == 0) return "0";
        var result = new StringBuilder();
        for (; value > 0; value >>= 3) result.Insert(0, (char)('0' + (value & 7)));
        return result.ToString();
    }

    private static string Truncate(Printer to, string text)
    {
        if (to.Flags.Precision < 0 || text.Length <= to.Flags.Precision) return text;
        var end = 0;
        for (var n = to.Flags.Precision; n > 0 && end < text.Length; n--)
            end += end + 1 < text.Length && char.IsSurrogatePair(text[end], text[end + 1]) ? 2 : 1;
        return text[..end];
    }

    /// <summary>The flag # keeps the point and, for %g, trailing zeros up to the precision.</summary>
    private static string KeepZeros(string text, char verb, int precision)
    {
        var tail = text.IndexOfAny(verb is 'x' or 'X' ? ['p', 'P'] : ['e', 'E']);
        var (number, rest) = tail < 0 ? (text, "") : (text[..tail], text[tail..]);
        if (!number.Contains('.', StringComparison.Ordinal)) number += ".";
        if (verb is not ('g' or 'G')) return number + rest;
        var wanted = precision < 0 ? 6 : precision;
        var digits = number.AsSpan(1).TrimStart("0.").ToString().Count(char.IsAsciiDigit);
        if (digits == 0) digits = 1;
        return number + new string('0', Math.Max(wanted - digits, 0)) + rest;
    }
}
