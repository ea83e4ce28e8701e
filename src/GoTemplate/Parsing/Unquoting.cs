using System.Globalization;
using System.Text;

namespace GoTemplate.Parsing;

/// <summary>Reads Go's string and character constants.</summary>
internal static class Unquoting
{
    /// <summary>The text of a quoted or raw string; null where Go says "invalid syntax".</summary>
    public static string? String(string quoted)
    {
        if (quoted[0] == '`') return quoted[1..^1].Replace("\r", "", StringComparison.Ordinal);
        if (!quoted.Contains('\\', StringComparison.Ordinal)) return quoted[1..^1];
        // Escapes of single bytes may form a rune together.
        var bytes = new List<byte>(quoted.Length);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 1; i < quoted.Length - 1;)
        {
            if (Next(quoted, ref i, '"', out var isByte) is not { } value) return null;
            if (isByte) bytes.Add((byte)value);
            else bytes.AddRange(buffer[..new Rune(value).EncodeToUtf8(buffer)]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The value of a character constant; null with an error.</summary>
    public static int? Rune(string quoted, out string error)
    {
        error = "invalid syntax";
        var i = 1;
        if (quoted.Length < 3 || Next(quoted, ref i, '\'', out _) is not { } value) return null;
        if (i == quoted.Length - 1) return value;
        error = "malformed character constant: " + quoted;
        return null;
    }

    private static int? Next(string text, ref int i, char quote, out bool isByte)
    {
        isByte = false;
        if (text[i] == quote) return null;
        if (text[i] != '\\')
        {
            System.Text.Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var width);
            i += width;
            return rune.Value;
        }

        if (++i >= text.Length) return null;
        var c = text[i++];
        switch (c)
        {
            case 'a': return '\a';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case '\\': return '\\';
            case '\'' or '"': return c == quote ? c : null;
            case 'x':
                isByte = true;
                return Digits(text, ref i, 2, 16);
            case 'u': return Scalar(Digits(text, ref i, 4, 16));
            case 'U': return Scalar(Digits(text, ref i, 8, 16));
            case >= '0' and <= '7':
                i--;
                isByte = true;
                return Digits(text, ref i, 3, 8) is { } octal && octal <= 255 ? octal : null;
            default: return null;
        }
    }

    private static int? Scalar(int? value) => value is { } v && System.Text.Rune.IsValid(v) ? v : null;

    private static int? Digits(string text, ref int i, int count, int radix)
    {
        if (i + count > text.Length) return null;
        long result = 0;
        for (var end = i + count; i < end; i++)
        {
            if (!int.TryParse(text.AsSpan(i, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digit) || digit >= radix)
                return null;
            result = (result * radix) + digit;
        }

        return result <= int.MaxValue ? (int)result : null;
    }
}
