using System.Globalization;

namespace Isthmus.Core.Json;

/// <summary>float64 texts of Go.</summary>
public static class GoNumber
{
    /// <summary>As encoding/json prints it: shortest digits, exponent form below 1e-6 and from 1e21.</summary>
    public static string Json(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), "json: unsupported value");
        (string sign, string digits, int point) = Shortest(value);
        // encoding/json cleans up e-09 to e-9.
        return value != 0 && (point <= -6 || point > 21) ? Exponent(sign, digits, point, "") : Plain(sign, digits, point);
    }

    /// <summary>As strconv's format 'g' with the shortest precision prints it: exponent form below 1e-4 and from a threshold on (1e6; fmt's %v uses 1e21).</summary>
    public static string General(double value, int threshold = 6)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        (string sign, string digits, int point) = Shortest(value);
        int exponent = point - 1;
        return value != 0 && (exponent < -4 || exponent >= threshold) ? Exponent(sign, digits, point, "0") : Plain(sign, digits, point);
    }

    /// <summary>The shortest digits that read back as the value, and where the decimal point stands in them.</summary>
    private static (string Sign, string Digits, int Point) Shortest(double value)
    {
        string round = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = round[0] == '-' ? "-" : "";
        int e = round.IndexOf('E', StringComparison.Ordinal);
        string mantissa = round[sign.Length..(e < 0 ? round.Length : e)];
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(round.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = (dot < 0 ? digits.Length : dot) + exponent;
        string significant = digits.TrimStart('0');
        point -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? (sign, "0", 1) : (sign, significant, point);
    }

    private static string Exponent(string sign, string digits, int point, string padding)
    {
        int exponent = point - 1;
        string size = Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{(size.Length < 2 ? padding : "")}{size}";
    }

    private static string Plain(string sign, string digits, int point) => point <= 0
        ? digits == "0" ? sign + "0" : $"{sign}0.{new string('0', -point)}{digits}"
        : point >= digits.Length ? sign + digits.PadRight(point, '0') : $"{sign}{digits[..point]}.{digits[point..]}";
}
