using System.Globalization;
using System.Text;

namespace Isthmus.Core.Json;

/// <summary>Chooses and writes the style of a string, by the rules of go-yaml's encoder and libyaml's emitter.</summary>
internal static class YamlStrings
{
    private const string AlwaysIndicators = "#,[]{}&*!|>'\"%@`";

    public static YamlStringStyle StyleOf(string text, bool isKey)
    {
        Traits traits = Analyze(text);
        if (traits.HasFlag(Traits.Special) || traits.HasFlag(Traits.SpaceBeforeBreak))
            return YamlStringStyle.DoubleQuoted;
        if (text.Contains('\n', StringComparison.Ordinal))
            return isKey || traits.HasFlag(Traits.TrailingSpace) ? YamlStringStyle.DoubleQuoted : YamlStringStyle.Literal;
        if (YamlScalars.ReadsAsAnotherType(text))
            return YamlStringStyle.DoubleQuoted;
        return traits == Traits.None ? YamlStringStyle.Plain : YamlStringStyle.SingleQuoted;
    }

    public static void Append(StringBuilder output, string text, YamlStringStyle style, int indent)
    {
        switch (style)
        {
            case YamlStringStyle.Plain:
                output.Append(text);
                break;
            case YamlStringStyle.SingleQuoted:
                output.Append('\'').Append(text.Replace("'", "''", StringComparison.Ordinal)).Append('\'');
                break;
            case YamlStringStyle.Literal:
                AppendLiteral(output, text, indent);
                break;
            default:
                AppendQuoted(output, text);
                break;
        }
    }

    /// <summary>A literal block without its last line break.</summary>
    private static void AppendLiteral(StringBuilder output, string text, int indent)
    {
        output.Append('|');
        // Where the first line does not show the indentation, it is told.
        if (text[0] is ' ' or '\n')
            output.Append('2');
        if (!text.EndsWith('\n'))
            output.Append('-');
        else if (text.Length == 1 || text.EndsWith("\n\n", StringComparison.Ordinal))
            output.Append('+');
        string body = text.EndsWith('\n') ? text[..^1] : text;
        foreach (string line in body.Split('\n'))
        {
            output.Append('\n');
            if (line.Length > 0)
                output.Append(' ', indent).Append(line);
        }
    }

    private static void AppendQuoted(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (Rune rune in text.EnumerateRunes())
        {
            string? escape = rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                0 => "\\0",
                7 => "\\a",
                8 => "\\b",
                9 => "\\t",
                10 => "\\n",
                11 => "\\v",
                12 => "\\f",
                13 => "\\r",
                27 => "\\e",
                0x85 => "\\N",
                0x2028 => "\\L",
                0x2029 => "\\P",
                _ => null,
            };
            if (escape is not null)
                output.Append(escape);
            else if (IsPrintable(rune))
                output.Append(rune.ToString());
            else
                output.Append(Escape(rune.Value));
        }
        output.Append('"');
    }

    private static string Escape(int code) => code switch
    {
        <= 0xFF => "\\x" + code.ToString("X2", CultureInfo.InvariantCulture),
        <= 0xFFFF => "\\u" + code.ToString("X4", CultureInfo.InvariantCulture),
        _ => "\\U" + code.ToString("X8", CultureInfo.InvariantCulture),
    };

    private static Traits Analyze(string text)
    {
        Traits traits = text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal) ? Traits.Indicator : Traits.None;
        bool afterBlank = true;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int next = at + rune.Utf16SequenceLength;
            bool beforeBlank = next >= text.Length || text[next] is ' ' or '\t' or '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';
            char c = rune.IsBmp ? (char)rune.Value : '\0';
            bool indicator = at == 0
                ? AlwaysIndicators.Contains(c, StringComparison.Ordinal) || (c is '?' or ':' or '-' && beforeBlank)
                : (c == ':' && beforeBlank) || (c == '#' && afterBlank);
            if (indicator)
                traits |= Traits.Indicator;
            if (!IsPrintable(rune))
                traits |= Traits.Special;
            if (c == ' ')
            {
                if (at == 0)
                    traits |= Traits.OuterBlank;
                if (next == text.Length)
                    traits |= Traits.OuterBlank | Traits.TrailingSpace;
                else if (text[next] == '\n')
                    traits |= Traits.SpaceBeforeBreak;
            }
            afterBlank = c is ' ' or '\t' or '\n';
            at = next;
        }
        return traits;
    }

    private static bool IsPrintable(Rune rune) => rune.Value is '\n' or (>= 0x20 and <= 0x7E) or (>= 0xA0 and not (0x2028 or 0x2029 or 0xFEFF or (>= 0xD800 and <= 0xDFFF) or 0xFFFE or 0xFFFF));

    [Flags]
    private enum Traits
    {
        None = 0,
        Indicator = 1,
        Special = 2,
        OuterBlank = 4,
        TrailingSpace = 8,
        SpaceBeforeBreak = 16,
    }
}
