using System.Globalization;
using System.Net;

namespace Isthmus.Core.Injection;

/// <summary>Go's strict readers of scalars (strconv, netip), with the wording of their errors.</summary>
internal static class GoParse
{
    public static bool? Bool(string text) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => null,
    };

    /// <summary>strconv.ParseUint in base 10; the error is null where the text is a number of at most so many bits.</summary>
    public static string? UintError(string text, int bits)
    {
        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return $"strconv.ParseUint: parsing {Quote(text)}: invalid syntax";
        var inRange = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < UInt128.One << bits;
        return inRange ? null : $"strconv.ParseUint: parsing {Quote(text)}: value out of range";
    }

    /// <summary>Whether netip.ParsePrefix reads the text: an address without zone or leading zeros, a slash, and its bits.</summary>
    public static bool IsPrefix(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0) return false;
        var bits = text.AsSpan(slash + 1);
        if (bits.Length is 0 or > 3 || bits.ContainsAnyExceptInRange('0', '9') || (bits.Length > 1 && bits[0] == '0')) return false;
        var length = int.Parse(bits, NumberStyles.None, CultureInfo.InvariantCulture);
        var address = text[..slash];
        return address.Contains(':', StringComparison.Ordinal) ? IsIpv6(address) && length <= 128 : IsIpv4(address) && length <= 32;
    }

    public static string Quote(string text) => Json.GoJson.Quote(text);

    private static bool IsIpv4(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, part => part.Length is > 0 and <= 3
            && !part.AsSpan().ContainsAnyExceptInRange('0', '9')
            && !(part.Length > 1 && part[0] == '0')
            && int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture) <= 255);
    }

    private static bool IsIpv6(string text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.')) return false;
        var tail = text.Contains('.', StringComparison.Ordinal) ? text[(text.LastIndexOf(':') + 1)..] : null;
        if (tail is not null && !IsIpv4(tail)) return false;
        return IPAddress.TryParse(text, out _);
    }
}
