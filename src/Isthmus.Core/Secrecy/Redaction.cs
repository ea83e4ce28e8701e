using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Secrecy;

/// <summary>
/// Takes keys and tokens out of text that comes from elsewhere: API servers quote webhook addresses in failures, parsers quote
/// what they could not read. The one place that knows what a secret looks like; logs, exceptions, pages and commands call it.
/// </summary>
public static partial class Redaction
{
    // A block that was cut off before its end is a key still.
    private const string Pem = @"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)";

    // PEM in base64, as Secrets have it. What is in it decides: certificates may be seen.
    private const string EncodedPem = "LS0tLS1CRUdJ[A-Za-z0-9+/]+={0,2}";

    // A key's body without its frame: SEQUENCE, length, version; PKCS#1, SEC1 and PKCS#8.
    private const string Der = @"\bM(?:II[A-Za-z0-9+/]{2}[AQgw]IBA|IG[A-Za-z0-9+/]AgE[AB]|HcCAQEE)[A-Za-z0-9+/=\r\n]{40,}";

    private const string WebhookToken = @"(?<=/api/clusters/[^/\s]+/)[^/\s""']+";

    private const string Jwt = @"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*";

    private const string Bearer = @"(?<=\b[Bb]earer\s+)(?=[^\s""',]*\d)[A-Za-z0-9._~+/=-]{8,}";

    // As kubeconfigs and OAuth answers name them. A word after "token:" is no token.
    private const string Named =
        @"(?<=\b(?:token|password|client-key-data|id-token|refresh-token|access_token|refresh_token|client_secret)\\?[""']?\s*[:=]\s*\\?[""']?)(?:[^\s""',}\\]{16,}|(?=[^\s""',}\\]*\d)[^\s""',}\\]{8,})";

    private const string FunctionKey = @"(?<=x-functions-key[""']?\s*[:=]\s*[""']?|[?&]code=)[^\s""'&]+";

    /// <summary>Only tests set it, to see that their search finds what this takes out.</summary>
    internal static bool IsSwitchedOff { get; set; }

    /// <summary>The text without secrets.</summary>
    public static string Text(string text) => Replace(text, secret => $"(redacted, {secret.Length} characters)");

    /// <summary>The text with something else in place of each secret.</summary>
    public static string Replace(string text, Func<string, string> replacement) =>
        IsSwitchedOff ? text : Secret().Replace(text, match => IsSecret(match.Value) ? replacement(match.Value) : match.Value);

    private static bool IsSecret(string found)
    {
        if (!found.StartsWith("LS0tLS1CRUdJ", StringComparison.Ordinal))
            return true;
        // Cut off in the middle of a character group, it is still readable up to there.
        var groups = found.TrimEnd('=');
        var bytes = new byte[groups.Length];
        return !Convert.TryFromBase64String(groups[..(groups.Length / 4 * 4)], bytes, out var length)
            || Encoding.Latin1.GetString(bytes, 0, length).Contains("PRIVATE KEY", StringComparison.Ordinal);
    }

    [GeneratedRegex(Pem + "|" + EncodedPem + "|" + WebhookToken + "|" + Jwt + "|" + Bearer + "|" + Named + "|" + FunctionKey + "|" + Der, RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();
}
