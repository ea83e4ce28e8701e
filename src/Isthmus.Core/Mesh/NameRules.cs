using System.Net;

namespace Isthmus.Core.Mesh;

/// <summary>Kubernetes', DNS' and the vault's rules for names.</summary>
internal static class NameRules
{
    /// <summary>RFC 1123 label: at most 63 lower-case letters, digits and hyphens, letter or digit at both ends.</summary>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && text.All(c => IsAlphanumeric(c) || c == '-');

    public static string LabelFault(string text) => $"'{text}' has to be 1 to 63 lower-case letters, digits or hyphens, with a letter or digit at both ends";

    public static bool IsDomain(string text) => text.Length <= 253 && text.Split('.').All(IsLabel);

    /// <summary>A label's value: at most 63 letters, digits, <c>-_.</c>, letter or digit at both ends. Networks become label values.</summary>
    public static bool IsLabelValue(string text) =>
        text.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    public static bool IsVaultName(string text) => text.Length is > 0 and <= 127 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>An address range in its one right spelling. The parser would quietly drop bits behind the prefix, which are more likely a slip.</summary>
    public static bool IsCidr(string text, out IPNetwork range) =>
        IPNetwork.TryParse(text, out range)
        && IPAddress.TryParse(text[..text.IndexOf('/', StringComparison.Ordinal)], out var given) && given.Equals(range.BaseAddress);

    public static string CidrFault(string text) => $"'{text}' is not an address range such as 10.244.0.0/16 (with no bits set behind the prefix)";

    /// <summary><c>namespace/name</c>, or null.</summary>
    public static ServiceName? Service(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsLabel(text[..slash]) && IsLabel(text[(slash + 1)..]) ? new ServiceName(text[..slash], text[(slash + 1)..]) : null;
    }

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
