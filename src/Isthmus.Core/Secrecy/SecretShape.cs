using System.Buffers;
using System.Text;

namespace Isthmus.Core.Secrecy;

/// <summary>Tells keys and other random content from what only looks like it: names, paths, hashes, certificates.</summary>
internal static class SecretShape
{
    // Random base64 has two fifths upper case and two fifths lower case, and changes between kinds of letters at three places of five. Names change seldom.
    // Of a million lines of keys seven change at fewer than a third of their places; names that change at every fifth have not as many capitals as those.
    private const int LetterShare = 12, ChangeShare = 3, BalancedLetterShare = 4, BalancedChangeShare = 5;

    // The beginning of RSA's object identifiers, 1.2.840.113549, at each of the three places where it may begin in base64: one line of an encrypted key can
    // be little else than names of algorithms, and too even to look random.
    private static readonly string[] AlgorithmNames = ["KoZIhvcN", "qGSIb3DQ", "qhkiG9w0"];

    private static readonly SearchValues<byte> Base64Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"u8);

    /// <summary>Base64 of certificates, framed or not, may be seen. Everything else that is random enough may not: lines of a key look like nothing else.</summary>
    public static bool IsSecret(string run)
    {
        var plain = run.Contains('\\', StringComparison.Ordinal) ? run.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase).Replace("\\/", "/", StringComparison.Ordinal) : run;
        var content = Decoded(plain);
        return (IsRandom(plain) || NamesAlgorithm(plain) || IsBase64(content)) && !IsCertificate(content);
    }

    /// <summary>A PEM block that says it is a certificate, and holds something else.</summary>
    public static bool IsFalseCertificate(string body) => Decoded(Joined(body)) is { Length: > 8 } der && IsPrivateKey(der);

    private static bool IsRandom(string run)
    {
        int upper = 0, lower = 0, changes = 0, before = -1;
        foreach (var letter in run)
        {
            var kind = char.IsAsciiLetterUpper(letter) ? 0 : char.IsAsciiLetterLower(letter) ? 1 : char.IsAsciiDigit(letter) ? 2 : before;
            upper += char.IsAsciiLetterUpper(letter) ? 1 : 0;
            lower += char.IsAsciiLetterLower(letter) ? 1 : 0;
            changes += kind != before ? 1 : 0;
            before = kind;
        }

        return IsMixed(LetterShare, ChangeShare) || IsMixed(BalancedLetterShare, BalancedChangeShare);

        bool IsMixed(int letterShare, int changeShare) => Math.Min(upper, lower) >= run.Length / letterShare && changes >= run.Length / changeShare;
    }

    private static bool NamesAlgorithm(string run) => AlgorithmNames.Any(name => run.Contains(name, StringComparison.Ordinal));

    /// <summary>Base64 within base64, as a line of a key in a Secret's data: by chance no name decodes to letters only.</summary>
    private static bool IsBase64(byte[] content) =>
        content.Length > 24 && content.AsSpan().IndexOfAnyExcept(Base64Letters) < 0;

    private static bool IsCertificate(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        return text.StartsWith("-----BEGIN CERT", StringComparison.Ordinal)
            ? !text.Contains("PRIVATE KEY", StringComparison.Ordinal)
            : Inner(content) is { } at && content[at] == 0x30 && Inner(content, at) is { } first && content[first] is 0xA0 or 0x02;
    }

    // PKCS#1, SEC1 and PKCS#8 begin with their version, an encrypted PKCS#8 with the name of its algorithm.
    private static bool IsPrivateKey(byte[] der) =>
        Inner(der) is { } at && (der[at] == 0x02 || (der[at] == 0x30 && Inner(der, at) is { } first && der[first] == 0x06));

    /// <summary>Where the content of the SEQUENCE at a place begins; null where none does.</summary>
    private static int? Inner(byte[] der, int at = 0)
    {
        if (at + 2 > der.Length || der[at] != 0x30)
            return null;
        var inner = at + 2 + (der[at + 1] > 0x80 ? der[at + 1] - 0x80 : 0);
        return inner < der.Length ? inner : null;
    }

    private static string Joined(string body) =>
        string.Concat(body.Replace("\\n", "", StringComparison.Ordinal).Replace("\\r", "", StringComparison.Ordinal).Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '/'));

    /// <summary>What can be read of it: one that is cut off is readable up to there.</summary>
    private static byte[] Decoded(string run)
    {
        var groups = run.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        var bytes = new byte[groups.Length];
        return Convert.TryFromBase64String(groups[..(groups.Length / 4 * 4)], bytes, out var length) ? bytes[..length] : [];
    }
}
