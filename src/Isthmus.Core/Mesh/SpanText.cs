using System.Globalization;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Mesh;

/// <summary>Spans of time in Go's form, in which Istio's settings have them: hours, minutes and whole seconds.</summary>
internal static partial class SpanText
{
    private const int MostDigits = 7;

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        var match = Form().Match(text);
        if (text.Length == 0 || !match.Success || match.Groups.Values.Any(part => part != match.Groups[0] && part.Length > MostDigits))
            return false;
        span = TimeSpan.FromSeconds((3600 * Number(match.Groups["h"])) + (60 * Number(match.Groups["m"])) + Number(match.Groups["s"]));
        return true;
    }

    public static string Of(TimeSpan span)
    {
        var hours = (long)span.TotalHours;
        var text = $"{(hours > 0 ? $"{hours}h" : "")}{(span.Minutes > 0 ? $"{span.Minutes}m" : "")}{(span.Seconds > 0 ? $"{span.Seconds}s" : "")}";
        return text.Length == 0 ? "0s" : text;
    }

    private static long Number(Group digits) => digits.Length == 0 ? 0 : long.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?:(?<h>[0-9]+)h)?(?:(?<m>[0-9]+)m)?(?:(?<s>[0-9]+)s)?$")]
    private static partial Regex Form();
}
