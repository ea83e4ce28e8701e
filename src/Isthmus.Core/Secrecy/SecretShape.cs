using System.Text;

namespace Isthmus.Core.Secrecy;

/// <summary>Tells keys and other random content from what only looks like it: names, paths, hashes, certificates.</summary>
internal static class SecretShape
{
    // Random base64 has two fifths upper case and two fifths lower case, and changes between kinds of letters at two places of three. Names change seldom.
    // The shares are so low that of a million lines of keys hardly one is passed over.
    private const int LetterShare = 12, ChangeShare = 3;

    /// <summary>Base64 of certificates, framed or not, may be seen. Everything else that is random enough may not: lines of a key look like nothing else.</summary>
    public static bool IsSecret(string run)
    {
        var plain = run.Contains('\\', StringComparison.Ordinal) ? run.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase).Replace("\\/", "/", StringComparison.Ordinal) : run;
        return IsRandom(plain) && !IsCertificate(Decoded(plain));
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

        return upper >= run.Length / LetterShare && lower >= run.Length / LetterShare && changes >= run.Length / ChangeShare;
    }

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
