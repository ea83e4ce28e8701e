using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's regular expressions: RE2's syntax, matched without backtracking as RE2 does.</summary>
internal static class Patterns
{
    private const int CacheSize = 256;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<string, Regex> Cache = new(StringComparer.Ordinal);

    public static readonly Function[] All =
    [
        Function.Create("regexMatch(string,string)", a => GoValue.Box(Matches(a, false))),
        Function.Create("mustRegexMatch(string,string)", a => GoValue.Box(Matches(a, true))),
        .. Both("regexFind(string,string)", a => Compiled(a).Match(a.String(1)).Value),
        .. Both("regexFindAll(string,string,int)", FindAll),
        .. Both("regexReplaceAll(string,string,string)", a => ReplaceAll(a, RegexSyntax.Replacement(a.String(2)))),
        .. Both("regexReplaceAllLiteral(string,string,string)", a => ReplaceAll(a, _ => a.String(2))),
        .. Both("regexSplit(string,string,int)", Split),
        Function.Create("regexQuoteMeta(string)", a => string.Concat(a.String(0).Select(c => "\\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal) ? "\\" + c : c.ToString()))),
    ];

    private delegate object? Body(Call call);

    private static Function[] Both(string signature, Body body)
    {
        Native native = a => Guarded(new Call(a.Execution, a.Values.ToArray()), body);
        return [Function.Create(signature, native), Function.Create("mustRegex" + signature["regex".Length..], native)];
    }

    private static object? Guarded(Call call, Body body)
    {
        try
        {
            return body(call);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new LimitException("regular expression took too long");
        }
    }

    private static bool Matches(Arguments a, bool must)
    {
        try
        {
            return Compile(a.String(0)).IsMatch(a.String(1));
        }
        catch (FunctionException) when (!must)
        {
            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new LimitException("regular expression took too long");
        }
    }

    private static Regex Compiled(Call a) => Compile(a.String(0));

    private static Regex Compile(string pattern)
    {
        if (Cache.TryGetValue(pattern, out var known)) return known;
        Regex compiled;
        try
        {
            compiled = new Regex(RegexSyntax.Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout);
        }
        catch (Exception invalid) when (invalid is ArgumentException or NotSupportedException)
        {
            throw new FunctionException($"error parsing regexp: {invalid.Message}");
        }

        if (Cache.Count >= CacheSize) Cache.Clear();
        return Cache.GetOrAdd(pattern, compiled);
    }

    private static string[] FindAll(Call a)
    {
        var most = a.Int(2) < 0 ? int.MaxValue : (int)Math.Min(a.Int(2), int.MaxValue);
        return [.. MatchesOf(a).Take(most).Select(m => m.Value)];
    }

    /// <summary>Go allows no empty match right after another match.</summary>
    private static IEnumerable<Match> MatchesOf(Call a)
    {
        var end = -1;
        foreach (Match match in Compiled(a).Matches(a.String(1)))
        {
            a.Execution.Step();
            if (match.Length > 0 || match.Index != end) yield return match;
            end = match.Index + match.Length;
        }
    }

    private static string ReplaceAll(Call a, Func<Match, string> replacement)
    {
        var text = a.String(1);
        var result = new StringBuilder();
        var at = 0;
        foreach (var match in MatchesOf(a))
        {
            result.Append(text, at, match.Index - at).Append(replacement(match));
            at = match.Index + match.Length;
            a.Execution.CheckLength(result.Length);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string[] Split(Call a)
    {
        var (text, count) = (a.String(1), a.Int(2));
        if (count == 0) return [];
        if (a.String(0).Length > 0 && text.Length == 0) return [""];
        var result = new List<string>();
        int start = 0, end = 0;
        foreach (var match in MatchesOf(a))
        {
            if (count > 0 && result.Count == count - 1) break;
            end = match.Index;
            if (match.Index + match.Length != 0) result.Add(text[start..end]);
            start = match.Index + match.Length;
        }

        if (end != text.Length) result.Add(text[start..]);
        return [.. result];
    }

    /// <summary>Arguments that a lambda can hold on to.</summary>
    private sealed record Call(Execution.Execution Execution, object?[] Values)
    {
        public string String(int index) => (string?)Values[index] ?? "";

        public long Int(int index) => GoValue.TryInteger(Values[index], out var n) ? n : 0;
    }
}
