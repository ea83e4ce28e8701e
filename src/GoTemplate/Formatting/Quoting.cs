using System.Globalization;
using System.Text;
using GoTemplate.Values;

namespace GoTemplate.Formatting;

/// <summary>Go's quoted strings and characters, as strconv.Quote writes them.</summary>
internal static class Quoting
{
    public static string Quote(string text, bool ascii = false)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes()) Escape(result, rune, '"', ascii);
        return result.Append('"').ToString();
    }

    public static string QuoteRune(long value, bool ascii = false)
    {
        var rune = Rune.IsValid((int)Math.Clamp(value, -1, int.MaxValue)) ? new Rune((int)value) : Rune.ReplacementChar;
        var result = new StringBuilder("'");
        Escape(result, rune, '\'', ascii);
        return result.Append('\'').ToString();
    }

    /// <summary>Whether the text can stand between back quotes on one line.</summary>
    public static bool CanBackquote(string text)
    {
        foreach (var c in text)
        {
            if (c is '`' or '\u007f' or '\ufeff' or '\ufffd' || (c < ' ' && c != '\t')) return false;
        }

        return true;
    }

    private static void Escape(StringBuilder to, Rune rune, char quote, bool ascii)
    {
        switch (rune.Value)
        {
            case '\a': to.Append("\\a"); return;
            case '\b': to.Append("\\b"); return;
            case '\f': to.Append("\\f"); return;
            case '\n': to.Append("\\n"); return;
            case '\r': to.Append("\\r"); return;
            case '\t': to.Append("\\t"); return;
            case '\v': to.Append("\\v"); return;
            case '\\': to.Append("\\\\"); return;
        }

        if (rune.Value == quote) to.Append('\\').Append(quote);
        else if (ascii ? rune.Value is >= ' ' and < 0x7f : GoText.IsPrint(rune)) to.Append(rune.ToString());
        else if (rune.Value < ' ' || rune.Value == 0x7f) to.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.Value < 0x10000) to.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else to.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }
}
