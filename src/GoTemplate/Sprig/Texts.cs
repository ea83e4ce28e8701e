using System.Text;
using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's string functions.</summary>
internal static class Texts
{
    public static readonly Function[] All =
    [
        Function.Create("hello()", _ => "Hello!"),
        Function.Create("trim(string)", a => TrimSpace(a.String(0))),
        Function.Create("trimAll(string,string)", a => TrimSet(a.String(1), a.String(0))),
        Function.Create("trimall(string,string)", a => TrimSet(a.String(1), a.String(0))),
        Function.Create("trimSuffix(string,string)", a => TrimSuffix(a.String(1), a.String(0))),
        Function.Create("trimPrefix(string,string)", a => TrimPrefix(a.String(1), a.String(0))),
        Function.Create("trunc(int,string)", a => Truncate(a.Int(0), a.String(1))),
        Function.Create("substr(int,int,string)", a => Substring(a.Int(0), a.Int(1), a.String(2))),
        Function.Create("abbrev(int,string)", a => Abbreviate(0, a.Int(0), a.String(1))),
        Function.Create("abbrevboth(int,int,string)", a => Abbreviate(a.Int(0), a.Int(1), a.String(2))),
        Function.Create("repeat(int,string)", Repeat),
        Function.Create("replace(string,string,string)", Replace),
        Function.Create("contains(string,string)", a => GoValue.Box(a.String(1).Contains(a.String(0), StringComparison.Ordinal))),
        Function.Create("hasPrefix(string,string)", a => GoValue.Box(a.String(1).StartsWith(a.String(0), StringComparison.Ordinal))),
        Function.Create("hasSuffix(string,string)", a => GoValue.Box(a.String(1).EndsWith(a.String(0), StringComparison.Ordinal))),
        Function.Create("quote(...any)", a => Quoted(a, static s => Quoting.Quote(Printer.Sprint(s)))),
        Function.Create("squote(...any)", a => Quoted(a, static s => "'" + Printer.Sprint(s) + "'")),
        Function.Create("cat(...any)", Cat),
        Function.Create("indent(int,string)", a => Indent(a, "")),
        Function.Create("nindent(int,string)", a => Indent(a, "\n")),
        Function.Create("plural(string,string,int)", a => a.Int(2) == 1 ? a.String(0) : a.String(1)),
        Function.Create("nospace(string)", a => string.Concat(a.String(0).Where(c => !GoText.IsSpace(c)))),
        Function.Create("initials(string)", a => Initials(a.String(0))),
        Function.Create("wrap(int,string)", a => Wrap(a.String(1), a.Int(0), "\n", false)),
        Function.Create("wrapWith(int,string,string)", a => Wrap(a.String(2), a.Int(0), a.String(1), true)),
        Function.Create("split(string,string)", a => Numbered(Split(a.String(1), a.String(0)))),
        Function.Create("splitn(string,int,string)", a => Numbered(SplitN(a.String(2), a.String(0), a.Int(1)))),
        Function.Create("splitList(string,string)", a => Split(a.String(1), a.String(0))),
        Function.Create("join(string,any)", a => Join(a.String(0), a[1])),
        Function.Create("sortAlpha(any)", a => Sorted(a[0])),
        Function.Create("toString(any)", a => Printer.Sprint(a[0], a.Execution.MaxOutput)),
        Function.Create("toStrings(any)", a => Strings(a[0])),
    ];

    /// <summary>Sprig's strslice: texts of all elements that are not nil; anything else becomes a list of one.</summary>
    public static string[] Strings(object? value)
    {
        switch (value)
        {
            case null: return [];
            case string text: return [text];
            case IReadOnlyList<string> strings: return [.. strings];
        }

        if (value is IGoObject || !GoList.Is(value)) return [Printer.Sprint(value)];
        var result = new List<string>();
        var count = GoList.Count(value);
        for (var i = 0; i < count; i++)
        {
            if (GoList.At(value, i) is { } element) result.Add(Printer.Sprint(element));
        }

        return [.. result];
    }

    public static string TrimSpace(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && GoText.IsSpace(text[start])) start++;
        while (end > start && GoText.IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    public static string[] Split(string text, string separator) =>
        separator.Length > 0 ? text.Split(separator) : [.. text.EnumerateRunes().Select(r => r.ToString())];

    private static string TrimSet(string text, string set)
    {
        if (!set.Any(char.IsSurrogate)) return set.Length == 0 ? text : text.Trim(set.ToCharArray());
        var runes = set.EnumerateRunes().ToHashSet();
        var kept = text.EnumerateRunes().SkipWhile(runes.Contains).Reverse().SkipWhile(runes.Contains).Reverse();
        return string.Concat(kept.Select(r => r.ToString()));
    }

    private static string TrimSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    private static string TrimPrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string Truncate(long count, string text)
    {
        var length = GoText.ByteCount(text);
        if (count < 0 && length + count > 0) return GoText.Slice(text, (int)(length + count), length);
        return count >= 0 && length > count ? GoText.Slice(text, 0, (int)count) : text;
    }

    private static string Substring(long start, long end, string text)
    {
        var length = GoText.ByteCount(text);
        if (start < 0) return Slice(text, 0, end, length);
        return Slice(text, start, end < 0 || end > length ? length : end, length);
    }

    private static string Slice(string text, long start, long end, int length)
    {
        if (end < 0 || end > length) throw new FunctionException($"runtime error: slice bounds out of range [:{end}] with length {length}");
        if (start > end) throw new FunctionException($"runtime error: slice bounds out of range [{start}:{end}]");
        return GoText.Slice(text, (int)start, (int)end);
    }

    private static string Abbreviate(long offset, long width, string text)
    {
        var length = GoText.ByteCount(text);
        if (width < 4 || (offset > 0 && width < 7) || length <= width) return text;
        offset = Math.Min(Math.Max(offset, 0), length);
        if (length - offset < width - 3) offset = length - (width - 3);
        if (offset <= 4) return GoText.Slice(text, 0, (int)width - 3) + "...";
        if (offset + width - 3 < length) return "..." + Abbreviate(0, width - 3, GoText.Slice(text, (int)offset, length));
        return "..." + GoText.Slice(text, (int)(length - (width - 3)), length);
    }

    private static string Repeat(Arguments a)
    {
        var (count, text) = (a.Int(0), a.String(1));
        if (count < 0) throw new FunctionException("strings: negative Repeat count");
        if (count > int.MaxValue && text.Length > 0) a.Execution.CheckLength(count);
        a.Execution.CheckLength(count * text.Length);
        return new StringBuilder().Insert(0, text, text.Length == 0 ? 0 : (int)count).ToString();
    }

    private static string Replace(Arguments a)
    {
        var (old, with, text) = (a.String(0), a.String(1), a.String(2));
        if (old.Length > 0)
        {
            if (with.Length > old.Length) a.Execution.CheckLength((long)text.Length * (with.Length - old.Length + 1) / old.Length / 64);
            return text.Replace(old, with, StringComparison.Ordinal);
        }

        // An empty text is found before each rune and at the end.
        a.Execution.CheckLength(text.Length + ((text.Length + 1L) * with.Length));
        var result = new StringBuilder(with);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune.ToString()).Append(with);
        return result.ToString();
    }

    private static string Quoted(Arguments a, Func<object, string> quote)
    {
        if (a.Count == 1) return a[0] is { } only ? quote(only) : "";
        var parts = new List<string>(a.Count);
        foreach (var value in a.Values)
        {
            if (value is not null) parts.Add(quote(value));
        }

        return string.Join(' ', parts);
    }

    private static string Cat(Arguments a)
    {
        var parts = new List<string>(a.Count);
        foreach (var value in a.Values)
        {
            if (value is not null) parts.Add(Printer.Sprint(value));
        }

        return string.Join(' ', parts);
    }

    private static string Indent(Arguments a, string before)
    {
        var (spaces, text) = (a.Int(0), a.String(1));
        if (spaces < 0) throw new FunctionException("strings: negative Repeat count");
        a.Execution.CheckLength(spaces);
        a.Execution.CheckLength((spaces * (text.AsSpan().Count('\n') + 1L)) + text.Length);
        var pad = new string(' ', (int)spaces);
        return before + pad + text.Replace("\n", "\n" + pad, StringComparison.Ordinal);
    }

    private static string Initials(string text)
    {
        var result = new StringBuilder();
        var first = true;
        foreach (var c in text)
        {
            if (GoText.IsSpace(c)) first = true;
            else if (first)
            {
                result.Append(c);
                first = false;
            }
        }

        return result.ToString();
    }

    /// <summary>Breaks at blanks; words longer than the width are broken only if asked for.</summary>
    private static string Wrap(string text, long width, string separator, bool breakWords)
    {
        if (separator.Length == 0) separator = "\n";
        if (width < 1) width = 1;
        var result = new StringBuilder();
        var at = 0;
        while (text.Length - at > width)
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            var limit = at + (int)width;
            var blank = text.LastIndexOf(' ', limit, limit - at + 1);
            if (blank < 0 && !breakWords) blank = text.IndexOf(' ', limit);
            var end = blank >= at ? blank : breakWords ? limit : text.Length;
            result.Append(text, at, end - at);
            at = blank >= at ? end + 1 : end;
            if (end < text.Length) result.Append(separator);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static Dictionary<string, object?> Numbered(string[] parts)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++) result["_" + i.ToString(System.Globalization.CultureInfo.InvariantCulture)] = parts[i];
        return result;
    }

    private static string[] SplitN(string text, string separator, long count)
    {
        if (count == 0) return [];
        if (separator.Length > 0) return count < 0 ? text.Split(separator) : text.Split(separator, (int)Math.Min(count, int.MaxValue));
        var runes = Split(text, "");
        return count < 0 || runes.Length <= count ? runes : [.. runes.Take((int)count - 1), string.Concat(runes.Skip((int)count - 1))];
    }

    private static string Join(string separator, object? value) => value is string text ? text : string.Join(separator, Strings(value));

    private static string[] Sorted(object? value)
    {
        var strings = Strings(value);
        Array.Sort(strings, GoText.Compare);
        return strings;
    }
}
