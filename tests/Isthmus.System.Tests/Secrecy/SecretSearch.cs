using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>Looks for secrets in a text, without asking what the redaction thinks one is: for frames of keys, JWTs, and secrets that are known by their value.</summary>
internal sealed partial class SecretSearch
{
    private const int Window = 24;

    private static readonly SearchValues<char> InSecrets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-");

    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _windows;

    public SecretSearch(IEnumerable<KeyValuePair<string, string>> secrets)
    {
        var windows = new Dictionary<string, string>();
        foreach (var (secret, kind) in secrets)
        {
            foreach (var form in Forms(secret))
                windows.TryAdd(form, kind);
        }

        _windows = windows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Keys line by line, tokens that are named so; a text that holds neither, nor a certificate, as a whole.</summary>
    public static IEnumerable<string> SecretsIn(string text)
    {
        var isPlain = !text.Contains("CERTIFICATE", StringComparison.Ordinal);
        foreach (Match key in KeyBlock().Matches(text))
        {
            isPlain = false;
            foreach (var line in key.Groups[1].Value.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > Window))
                yield return line;
        }

        foreach (Match token in NamedToken().Matches(text))
        {
            isPlain = false;
            yield return token.Groups[1].Value;
        }

        // A file of many lines is a configuration: what is secret in it is known from elsewhere.
        if (isPlain && text.Length >= Window && !text.Contains('\n', StringComparison.Ordinal))
            yield return text;
    }

    public IEnumerable<string> Find(string written)
    {
        var text = Plain(written);
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            yield return "a private key in PEM";
        if (EncodedFrames.Any(frame => text.Contains(frame, StringComparison.Ordinal)))
            yield return "a private key in PEM in base64";
        if (Jwt().IsMatch(text))
            yield return "a JWT";
        foreach (var kind in Known(text))
            yield return kind;
    }

    private HashSet<string> Known(ReadOnlySpan<char> text)
    {
        var found = new HashSet<string>();
        // Most of what is put out is short words: only what is as long as a window is looked up.
        while (text.IndexOfAny(InSecrets) is >= 0 and var start)
        {
            text = text[start..];
            var length = text.IndexOfAnyExcept(InSecrets) is >= 0 and var end ? end : text.Length;
            for (var at = 0; at + Window <= length; at++)
            {
                if (_windows.TryGetValue(text.Slice(at, Window), out var kind))
                    found.Add(kind);
            }

            text = text[length..];
        }

        return found;
    }

    /// <summary>JSON writes a plus sign by its number.</summary>
    public static string Plain(string text) => text.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase).Replace("\\/", "/", StringComparison.Ordinal);

    // Base64 knows three ways of writing a text down, by where it begins.
    private static readonly string[] EncodedFrames = [.. Shifts("PRIVATE KEY-----")];

    private static IEnumerable<string> Forms(string secret)
    {
        for (var at = 0; at + Window <= secret.Length; at += Window)
            yield return secret.Substring(at, Window);
        foreach (var encoded in Shifts(secret).Where(encoded => encoded.Length >= Window))
            yield return encoded[..Window];
    }

    private static IEnumerable<string> Shifts(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var skipped = 0; skipped < 3; skipped++)
        {
            var whole = (bytes.Length - skipped) / 3 * 3;
            yield return Convert.ToBase64String(bytes, skipped, whole);
        }
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----\s([\s\S]*?)-----END")]
    private static partial Regex KeyBlock();

    [GeneratedRegex(@"\btoken: (\S{24,})")]
    private static partial Regex NamedToken();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.")]
    private static partial Regex Jwt();
}
