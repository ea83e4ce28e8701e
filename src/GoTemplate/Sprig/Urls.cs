using System.Text;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's urlParse and urlJoin.</summary>
internal static class Urls
{
    public static readonly Function[] All =
    [
        Function.Create("urlParse(string)", a => Parse(a.String(0))),
        Function.Create("urlJoin(map)", Join),
    ];

    private static Dictionary<string, object?> Parse(string text)
    {
        if (text.Any(c => c < ' ' || c == '\u007f'))
            throw new FunctionException($"unable to parse url: parse {Formatting.Quoting.Quote(text)}: net/url: invalid control character in URL");
        var rest = text;
        var fragment = Cut(ref rest, '#');
        var (scheme, afterScheme) = Scheme(rest, text);
        rest = afterScheme;
        var query = Cut(ref rest, '?');
        string host = "", user = "", opaque = "";
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            rest = slash < 0 ? "" : rest[slash..];
            var at = authority.LastIndexOf('@');
            if (at >= 0) (user, authority) = (authority[..at], authority[(at + 1)..]);
            host = Unescape(authority);
        }
        else if (scheme.Length > 0 && !rest.StartsWith('/'))
        {
            (opaque, rest) = (rest, "");
        }

        return new(StringComparer.Ordinal)
        {
            ["scheme"] = scheme,
            ["host"] = host,
            ["hostname"] = HostName(host),
            ["path"] = Unescape(rest),
            ["query"] = query,
            ["opaque"] = opaque,
            ["fragment"] = Unescape(fragment),
            ["userinfo"] = user,
        };
    }

    private static (string Name, string After) Scheme(string rest, string text)
    {
        for (var i = 0; i < rest.Length; i++)
        {
            if (char.IsAsciiLetter(rest[i]) || (i > 0 && (char.IsAsciiDigit(rest[i]) || rest[i] is '+' or '-' or '.'))) continue;
            if (rest[i] != ':') break;
            if (i == 0) throw new FunctionException($"unable to parse url: parse {Formatting.Quoting.Quote(text)}: missing protocol scheme");
            return (rest[..i].ToLowerInvariant(), rest[(i + 1)..]);
        }

        return ("", rest);
    }

    private static string Cut(ref string text, char at)
    {
        var i = text.IndexOf(at, StringComparison.Ordinal);
        if (i < 0) return "";
        var after = text[(i + 1)..];
        text = text[..i];
        return after;
    }

    private static string HostName(string host)
    {
        if (host.StartsWith('[')) return host.IndexOf(']', StringComparison.Ordinal) is > 0 and var close ? host[1..close] : host;
        var colon = host.LastIndexOf(':');
        return colon >= 0 && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? host[..colon] : host;
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text);

    private static string Join(Arguments a)
    {
        var map = a[0] ?? new Dictionary<string, object?>();
        var (scheme, user, host, opaque) = (Text(map, "scheme"), Text(map, "userinfo"), Text(map, "host"), Text(map, "opaque"));
        var result = new StringBuilder();
        if (scheme.Length > 0) result.Append(scheme).Append(':');
        if (opaque.Length > 0)
        {
            result.Append(opaque);
        }
        else
        {
            if (scheme.Length > 0 || host.Length > 0 || user.Length > 0) result.Append(host.Length > 0 || user.Length > 0 ? "//" : "");
            if (user.Length > 0) result.Append(user).Append('@');
            result.Append(host);
            var path = Text(map, "path");
            if (path.Length > 0 && path[0] != '/' && host.Length > 0) result.Append('/');
            result.Append(Escape(path));
        }

        if (Text(map, "query") is { Length: > 0 } query) result.Append('?').Append(query);
        if (Text(map, "fragment") is { Length: > 0 } fragment) result.Append('#').Append(Escape(fragment));
        return result.ToString();
    }

    private static string Escape(string text) =>
        string.Concat(text.EnumerateRunes().Select(r =>
            r.IsAscii && (char.IsAsciiLetterOrDigit((char)r.Value) || "-_.~$&+,/:;=@!*'()".Contains((char)r.Value, StringComparison.Ordinal))
                ? r.ToString()
                : Uri.EscapeDataString(r.ToString())));

    private static string Text(object map, string key)
    {
        if (!GoMap.TryGet(map, key, out var value)) return "";
        return value as string
            ?? throw new FunctionException($"unable to parse {key} key, must be of type string, but {GoType.KindOf(value)} found");
    }
}
