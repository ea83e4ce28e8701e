using System.Buffers;
using System.Globalization;
using System.Text;
using GoTemplate.Values;

namespace GoTemplate.Functions;

/// <summary>The built-ins html, js and urlquery.</summary>
internal static class Escaping
{
    private static readonly SearchValues<char> HtmlSpecial = SearchValues.Create("'\"&<>\0");

    public static string Html(string text)
    {
        if (text.AsSpan().IndexOfAny(HtmlSpecial) < 0) return text;
        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\'' => result.Append("&#39;"),
                '"' => result.Append("&#34;"),
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '\0' => result.Append('\ufffd'),
                _ => result.Append(c),
            };
        }

        return result.ToString();
    }

    public static string JavaScript(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\\': result.Append(@"\\"); break;
                case '\'': result.Append(@"\'"); break;
                case '"': result.Append("\\\""); break;
                case '<' or '>' or '&' or '=' or < ' ': result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"); break;
                case < 0x80: result.Append((char)rune.Value); break;
                default:
                    if (GoText.IsPrint(rune)) result.Append(rune.ToString());
                    else result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>url.QueryEscape: a blank becomes a plus.</summary>
    public static string UrlQuery(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') result.Append((char)b);
            else if (b == ' ') result.Append('+');
            else result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return result.ToString();
    }
}
