using System.Globalization;

namespace GoTemplate.Formatting;

/// <summary>Go's durations: their text, such as 1h15m30.5s, and back.</summary>
internal static class GoDuration
{
    private const long Second = 1_000_000_000;

    private static readonly Dictionary<string, long> Units = new()
    {
        ["ns"] = 1,
        ["us"] = 1_000,
        ["µs"] = 1_000,
        ["μs"] = 1_000,
        ["ms"] = 1_000_000,
        ["s"] = Second,
        ["m"] = 60 * Second,
        ["h"] = 3600 * Second,
    };

    public static string Text(long nanoseconds)
    {
        if (nanoseconds == 0) return "0s";
        var sign = nanoseconds < 0 ? "-" : "";
        var n = nanoseconds < 0 ? 0 - (ulong)nanoseconds : (ulong)nanoseconds;
        if (n < 1_000) return $"{sign}{n}ns";
        if (n < 1_000_000) return sign + Fraction(n, 1_000) + "µs";
        if (n < Second) return sign + Fraction(n, 1_000_000) + "ms";
        var minutes = n / (60 * (ulong)Second);
        var seconds = Fraction(n % (60 * (ulong)Second), Second) + "s";
        if (minutes == 0) return sign + seconds;
        return minutes < 60 ? $"{sign}{minutes}m{seconds}" : $"{sign}{minutes / 60}h{minutes % 60}m{seconds}";
    }

    /// <summary>time.ParseDuration; null where Go reports an error.</summary>
    public static long? Parse(string text)
    {
        var rest = text;
        var negative = rest.StartsWith('-');
        if (negative || rest.StartsWith('+')) rest = rest[1..];
        if (rest == "0") return 0;
        if (rest.Length == 0) return null;
        decimal total = 0;
        while (rest.Length > 0)
        {
            var number = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = rest.Skip(number).TakeWhile(c => !char.IsAsciiDigit(c) && c != '.').Count();
            if (number is 0 or > 25 || !Units.TryGetValue(rest.Substring(number, unit), out var scale)) return null;
            if (!decimal.TryParse(rest[..number], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
            if (value > long.MaxValue / (decimal)scale) return null;
            total += decimal.Truncate(value * scale);
            if (total > long.MaxValue) return null;
            rest = rest[(number + unit)..];
        }

        return negative ? -(long)total : (long)total;
    }

    private static string Fraction(ulong value, long unit)
    {
        var width = unit switch { 1_000 => 3, 1_000_000 => 6, _ => 9 };
        var fraction = (value % (ulong)unit).ToString(CultureInfo.InvariantCulture).PadLeft(width, '0').TrimEnd('0');
        return fraction.Length == 0 ? $"{value / (ulong)unit}" : $"{value / (ulong)unit}.{fraction}";
    }
}
