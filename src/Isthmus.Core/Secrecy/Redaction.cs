using System.Text.RegularExpressions;

namespace Isthmus.Core.Secrecy;

/// <summary>
/// Takes keys and tokens out of text that comes from elsewhere: API servers quote webhook addresses in failures, parsers quote
/// what they could not read. The one place that knows what a secret looks like; logs, exceptions, pages and commands call it.
/// </summary>
public static partial class Redaction
{
    // A block that was cut off before its end is a key still. Between the words may stand what an address or a form makes of a space.
    private const string Pem = @"-----BEGIN(?:[A-Z0-9]|[ +]|%20|\s)*PRIVATE(?:[ +]|%20|\s)*KEY-----(?s:.*?)(?:-----END(?:[A-Z0-9]|[ +]|%20|\s)*PRIVATE(?:[ +]|%20|\s)*KEY-----|\z)";

    private const string Certificate = @"-----BEGIN CERTIFICATE-----(?<body>(?:[A-Za-z0-9+/=\s]|\\+[nrt])*)-----END CERTIFICATE-----";

    // In addresses and in JSON a slash may be written otherwise.
    private const string WebhookToken = @"(?<=(?:/|%2[Ff])api(?:\\?/|%2[Ff])clusters(?:\\?/|%2[Ff])[^/\s\\%]+(?:\\?/|%2[Ff]))[^/\s""'\\%]+";

    private const string Jwt = @"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}";

    private const string Authorization = @"(?<=\b(?i:authorization)\\?[""']?\s*[:=]\s*\\?[""']?(?:\[)?(?i:bearer|basic|sharedkey|sharedaccesssignature)\s+)[^\s""'\\]+";

    // Prose has words after it: "Bearer authentication is wanted".
    private const string Bearer = @"(?<=\b[Bb]earer\s+)(?:(?=[^\s""',]*\d)[A-Za-z0-9._~+/=-]{8,}|[A-Za-z0-9._~+/=-]{20,})";

    // As kubeconfigs, OAuth answers and connection strings name them. A word after "token:" is no token.
    private const string Named =
        @"(?<=\b(?i:token|tokenData|password|passwd|client-key-data|clientKeyData|id-token|idToken|refresh-token|access_token|accessToken|refresh_token|client_secret|clientSecret|client-secret"
        + @"|AccountKey|SharedAccessKey|SharedAccessSignature|aeg-sas-key|aeg-sas-token|api[-_]?key)\\*[""']?\s*[:=]\s*(?:[|>][+-]?\s+)?\\*[""']?)"
        + @"(?:[^\s""',}\\]{16,}|(?=[^\s""',}\\]*\d)[^\s""',}\\]{8,})";

    private const string FunctionKey = @"(?<=x-functions-key\\?[""']?\s*[:=]\s*\\?[""']?|[?&](?:code|sig)=)[^\s""'&\\]+";

    private const string UserInfo = @"(?<=://[^/\s:@""']*:)[^/\s@""']+(?=@)";

    // Keys without their frame, or one line of them: what is in it decides. JSON may write a plus sign by its number.
    private const string Random = @"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]|\\u002[Bb]|\\/){40,}={0,2}";

    // Keys on elliptic curves are shorter, and one line.
    private const string Der = @"\bM(?:II[A-Za-z0-9+/]{2}[AQgw]IBA|IG[A-Za-z0-9+/]AgE[AB]|HcCAQEE|EECAQ|C4CAQ|FMCAQ)[A-Za-z0-9+/=\r\n]{20,}";

    /// <summary>Only tests set it, to see that their search finds what this takes out.</summary>
    internal static bool IsSwitchedOff { get; set; }

    /// <summary>The text without secrets.</summary>
    public static string Text(string text) => Replace(text, secret => $"(redacted, {secret.Length} characters)");

    /// <summary>The text with something else in place of each secret.</summary>
    public static string Replace(string text, Func<string, string> replacement)
    {
        if (IsSwitchedOff)
            return text;
        // What only looks random goes last: a run of it could begin before a token that is known by its place.
        var known = Known().Replace(text, match => IsCertificate(match) ? match.Value : replacement(match.Value));
        return Unknown().Replace(known, match => IsCertificate(match) || !SecretShape.IsSecret(match.Value) ? match.Value : replacement(match.Value));
    }

    private static bool IsCertificate(Match found) => found.Groups["body"] is { Success: true } body && !SecretShape.IsFalseCertificate(body.Value);

    [GeneratedRegex(
        Pem + "|" + Certificate + "|" + WebhookToken + "|" + Jwt + "|" + Authorization + "|" + Bearer + "|" + Named + "|" + FunctionKey + "|" + UserInfo + "|" + Der,
        RegexOptions.ExplicitCapture)]
    private static partial Regex Known();

    [GeneratedRegex(Certificate + "|" + Random, RegexOptions.ExplicitCapture)]
    private static partial Regex Unknown();
}
