using System.Globalization;
using System.Text;

namespace GoTemplate.Formatting;

/// <summary>Go's time layouts, written by the reference time Mon Jan 2 15:04:05 MST 2006.</summary>
internal static class GoTime
{
    /// <summary>The layout of time.Time.String().</summary>
    public const string Default = "2006-01-02 15:04:05.999999999 -0700 MST";

    private static readonly string[] Elements =
    [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "__2", "002", "01", "02", "03", "04", "05", "06", "15", "PM", "pm", "_2",
        "-07:00:00", "-070000", "-07:00", "-0700", "-07", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07", "1", "2", "3", "4", "5",
    ];

    public static string Format(DateTimeOffset time, string layout, string? zoneName = null)
    {
        var result = new StringBuilder();
        for (var i = 0; i < layout.Length;)
        {
            var element = Next(layout, i);
            if (element.Length == 0)
            {
                result.Append(layout[i++]);
                continue;
            }

            result.Append(Element(time, element, zoneName));
            i += element.Length;
        }

        return result.ToString();
    }

    /// <summary>time.Parse; null where the text does not fit the layout. A text without zone is taken in the given one.</summary>
    public static DateTimeOffset? Parse(string layout, string text, TimeZoneInfo zone) => new GoTimeParser(text, zone).Run(layout);

    /// <summary>The layout element that begins at a position, or an empty text.</summary>
    public static string Next(string layout, int i)
    {
        var rest = layout.AsSpan(i);
        foreach (var element in Elements)
        {
            if (!rest.StartsWith(element, StringComparison.Ordinal)) continue;
            // Go takes "Jan" and "Mon" only as whole words of lower-case letters.
            if (element is "Jan" or "Mon" && rest.Length > 3 && char.IsAsciiLetterLower(rest[3])) continue;
            if (element == "_2" && rest.StartsWith("_2006", StringComparison.Ordinal)) return "";
            return element;
        }

        if (rest[0] is not ('.' or ',') || rest.Length < 2 || rest[1] is not ('0' or '9')) return "";
        var end = 1;
        while (end < rest.Length && rest[end] == rest[1]) end++;
        return end < rest.Length && char.IsAsciiDigit(rest[end]) ? "" : rest[..end].ToString();
    }

    private static string Element(DateTimeOffset t, string element, string? zoneName)
    {
        var c = CultureInfo.InvariantCulture;
        var hour12 = t.Hour % 12 == 0 ? 12 : t.Hour % 12;
        return element switch
        {
            "January" => t.ToString("MMMM", c),
            "Jan" => t.ToString("MMM", c),
            "Monday" => t.ToString("dddd", c),
            "Mon" => t.ToString("ddd", c),
            "MST" => zoneName ?? (t.Offset == TimeSpan.Zero ? "UTC" : Offset(t.Offset, t.Offset.Minutes == 0 ? "-07" : "-0700")),
            "2006" => t.Year.ToString("0000", c),
            "06" => (t.Year % 100).ToString("00", c),
            "01" => t.Month.ToString("00", c),
            "1" => t.Month.ToString(c),
            "02" => t.Day.ToString("00", c),
            "_2" => t.Day.ToString(c).PadLeft(2),
            "2" => t.Day.ToString(c),
            "002" => t.DayOfYear.ToString("000", c),
            "__2" => t.DayOfYear.ToString(c).PadLeft(3),
            "15" => t.Hour.ToString("00", c),
            "03" => hour12.ToString("00", c),
            "3" => hour12.ToString(c),
            "04" => t.Minute.ToString("00", c),
            "4" => t.Minute.ToString(c),
            "05" => t.Second.ToString("00", c),
            "5" => t.Second.ToString(c),
            "PM" => t.Hour >= 12 ? "PM" : "AM",
            "pm" => t.Hour >= 12 ? "pm" : "am",
            _ when element[0] is '.' or ',' => Fraction(t, element),
            _ => Offset(t.Offset, element),
        };
    }

    private static string Fraction(DateTimeOffset t, string element)
    {
        var digits = (t.Ticks % TimeSpan.TicksPerSecond * 100).ToString("000000000", CultureInfo.InvariantCulture)
            .PadRight(element.Length - 1, '0')[..(element.Length - 1)];
        if (element[1] == '9') digits = digits.TrimEnd('0');
        return digits.Length == 0 ? "" : element[0] + digits;
    }

    private static string Offset(TimeSpan offset, string element)
    {
        if (element[0] == 'Z')
        {
            if (offset == TimeSpan.Zero) return "Z";
            element = "-" + element[1..];
        }

        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var d = offset.Duration();
        return element switch
        {
            "-07" => $"{sign}{d.Hours:00}",
            "-0700" => $"{sign}{d.Hours:00}{d.Minutes:00}",
            "-07:00" => $"{sign}{d.Hours:00}:{d.Minutes:00}",
            "-070000" => $"{sign}{d.Hours:00}{d.Minutes:00}{d.Seconds:00}",
            _ => $"{sign}{d.Hours:00}:{d.Minutes:00}:{d.Seconds:00}",
        };
    }
}
