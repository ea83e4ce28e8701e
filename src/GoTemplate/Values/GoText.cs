using System.Text;

namespace GoTemplate.Values;

/// <summary>Go strings are bytes of UTF-8: lengths, indexes and order go by bytes.</summary>
internal static class GoText
{
    public static int ByteCount(string text) => Encoding.UTF8.GetByteCount(text);

    /// <summary>The bytes from start to end; a rune that is cut in two becomes U+FFFD.</summary>
    public static string Slice(string text, int start, int end)
    {
        if (Ascii.IsValid(text)) return text[start..end];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(start, end - start));
    }

    public static byte ByteAt(string text, int index) =>
        Ascii.IsValid(text) ? (byte)text[index] : Encoding.UTF8.GetBytes(text)[index];

    /// <summary>Order of the UTF-8 bytes, which is the order of the code points and not that of UTF-16.</summary>
    public static int Compare(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            return Rank(a[i]) - Rank(b[i]);
        }

        return a.Length - b.Length;

        // Surrogates stand for code points above all of the basic plane.
        static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    public static int RuneCount(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>unicode.IsSpace.</summary>
    public static bool IsSpace(char c) =>
        c is '\t' or '\n' or '\v' or '\f' or '\r' or ' ' or '\u0085' or '\u00a0' || (c > 0xff && char.IsWhiteSpace(c));

    /// <summary>unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII blank.</summary>
    public static bool IsPrint(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse
        or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.SpaceSeparator
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
