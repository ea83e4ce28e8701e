using System.Globalization;
using System.Text;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's functions over upper and lower case.</summary>
internal static class Cases
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static readonly Function[] All =
    [
        Function.Create("upper(string)", a => Map(a.String(0), r => Rune.ToUpper(r, Culture))),
        Function.Create("lower(string)", a => Map(a.String(0), r => Rune.ToLower(r, Culture))),
        Function.Create("title(string)", a => Title(a.String(0))),
        Function.Create("untitle(string)", a => Untitle(a.String(0))),
        Function.Create("swapcase(string)", a => Swap(a.String(0))),
        Function.Create("snakecase(string)", a => Delimited(a.String(0), '_')),
        Function.Create("kebabcase(string)", a => Delimited(a.String(0), '-')),
        Function.Create("camelcase(string)", a => Pascal(a.String(0))),
    ];

    private static string Map(string text, Func<Rune, Rune> change) => string.Concat(text.EnumerateRunes().Select(r => change(r).ToString()));

    /// <summary>strings.Title: a letter after anything that is no letter, digit or underscore.</summary>
    private static string Title(string text)
    {
        var previous = ' ';
        var result = text.ToCharArray();
        for (var i = 0; i < result.Length; i++)
        {
            var starts = previous < 0x80 ? !(char.IsAsciiLetterOrDigit(previous) || previous == '_') : !char.IsLetterOrDigit(previous) && GoText.IsSpace(previous);
            previous = result[i];
            if (starts) result[i] = char.ToUpperInvariant(result[i]);
        }

        return new string(result);
    }

    private static string Untitle(string text)
    {
        var first = true;
        var result = text.ToCharArray();
        for (var i = 0; i < result.Length; i++)
        {
            if (GoText.IsSpace(result[i])) first = true;
            else if (first)
            {
                result[i] = char.ToLowerInvariant(result[i]);
                first = false;
            }
        }

        return new string(result);
    }

    private static string Swap(string text)
    {
        var result = text.ToCharArray();
        for (var i = 0; i < result.Length; i++)
            result[i] = char.IsUpper(result[i]) ? char.ToLowerInvariant(result[i]) : char.ToUpperInvariant(result[i]);
        return new string(result);
    }

    private static bool IsConnector(char c) => c is '_' or '-' or ' ';

    /// <summary>HTTPServer becomes http_server, http2xx becomes http_2xx.</summary>
    private static string Delimited(string text, char delimiter)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (IsConnector(text[i]))
            {
                result.Append(delimiter);
                i++;
                continue;
            }

            var end = i;
            while (end < text.Length && !IsConnector(text[end])) end++;
            result.AppendJoin(delimiter, Words(text[i..end]).Select(w => w.ToLowerInvariant()));
            i = end;
        }

        return result.ToString();
    }

    /// <summary>The words of a text without connectors.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            if (char.IsUpper(text[i]))
            {
                while (i < text.Length && char.IsUpper(text[i])) i++;
                var startsWord = i < text.Length && char.IsLower(text[i]);
                // The last capital of a run belongs to the word that follows.
                if (startsWord && i - start > 1) i--;
                else if (startsWord) i = WhileNot(text, i, char.IsUpper);
            }
            else if (char.IsDigit(text[i]))
            {
                i = Digits(text, i, words);
                if (i < 0)
                {
                    i = start;
                    while (i < text.Length && char.IsDigit(text[i])) i++;
                    words[^1] += text[start..i];
                    continue;
                }
            }
            else
            {
                i = WhileNot(text, i, char.IsUpper);
            }

            words.Add(text[start..i]);
        }

        return words;
    }

    /// <summary>Where a word that begins with digits ends; -1 if the digits end the word before them.</summary>
    private static int Digits(string text, int start, List<string> words)
    {
        var i = start;
        while (i < text.Length && char.IsDigit(text[i])) i++;
        if (i < text.Length && char.IsLower(text[i]))
        {
            while (i < text.Length && (char.IsLower(text[i]) || char.IsDigit(text[i]))) i++;
            return i;
        }

        var capitals = i;
        while (capitals < text.Length && char.IsUpper(text[capitals])) capitals++;
        var nextIsWord = capitals < text.Length && char.IsLower(text[capitals]);
        if (capitals - i > (nextIsWord ? 1 : 0)) return nextIsWord ? capitals - 1 : capitals;
        return words.Count == 0 ? i : -1;
    }

    private static int WhileNot(string text, int i, Func<char, bool> stop)
    {
        while (i < text.Length && !stop(text[i]) && !char.IsDigit(text[i])) i++;
        return i;
    }

    /// <summary>http_server becomes HttpServer; connectors at the ends stay, and so do all but one in between.</summary>
    private static string Pascal(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            if (IsConnector(text[i]))
            {
                while (end < text.Length && IsConnector(text[end])) end++;
                var atEnds = i == 0 || end == text.Length;
                result.Append(text, i, end - i - (atEnds ? 0 : 1));
            }
            else
            {
                while (end < text.Length && !IsConnector(text[end])) end++;
                var word = text[i..end];
                var rest = word.Any(char.IsLower) ? word[1..] : word[1..].ToLowerInvariant();
                result.Append(char.ToUpperInvariant(word[0])).Append(rest);
            }

            i = end;
        }

        return result.ToString();
    }
}
