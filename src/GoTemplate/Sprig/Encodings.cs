using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's encodings and checksums.</summary>
internal static class Encodings
{
    private const string Base32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static readonly Function[] All =
    [
        Function.Create("b64enc(string)", a => Convert.ToBase64String(Encoding.UTF8.GetBytes(a.String(0)))),
        Function.Create("b64dec(string)", a => DecodeBase64(a.String(0))),
        Function.Create("b32enc(string)", a => EncodeBase32(Encoding.UTF8.GetBytes(a.String(0)))),
        Function.Create("b32dec(string)", a => DecodeBase32(a.String(0))),
        Function.Create("sha1sum(string)", a => Sha1(a.String(0))),
        Function.Create("sha256sum(string)", a => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(a.String(0))))),
        Function.Create("sha512sum(string)", a => Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(a.String(0))))),
        Function.Create("adler32sum(string)", a => Adler32(a.String(0))),
    ];

    [SuppressMessage("Security", "CA5350", Justification = "Sprig's sha1sum is this checksum by name.")]
    private static string Sha1(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Adler32(string text)
    {
        uint a = 1, b = 0;
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return ((b << 16) | a).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Sprig returns the error's text in place of the decoded one.</summary>
    private static string DecodeBase64(string text)
    {
        var clean = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var digits = clean.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/').Count();
        var padding = clean.Length - digits;
        var isPadded = clean.Length % 4 == 0 && padding <= 2 && digits % 4 != 1 && clean.AsSpan(digits).Trim('=').IsEmpty;
        if (!isPadded) return $"illegal base64 data at input byte {(clean.AsSpan(digits).Trim('=').IsEmpty ? digits / 4 * 4 : digits)}";
        // Go ignores the bits that the last digit has too many; .NET refuses them.
        return Encoding.UTF8.GetString(Bits(clean[..digits], 6, c => c switch
        {
            >= 'A' and <= 'Z' => c - 'A',
            >= 'a' and <= 'z' => c - 'a' + 26,
            >= '0' and <= '9' => c - '0' + 52,
            '+' => 62,
            _ => 63,
        }));
    }

    private static string EncodeBase32(byte[] bytes)
    {
        var result = new StringBuilder();
        int buffer = 0, bits = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5) result.Append(Base32Letters[(buffer >> (bits - 5)) & 31]);
            buffer &= 0xff;
        }

        if (bits > 0) result.Append(Base32Letters[(buffer << (5 - bits)) & 31]);
        return result.Append('=', (8 - (result.Length % 8)) % 8).ToString();
    }

    private static string DecodeBase32(string text)
    {
        var clean = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var digits = clean.TakeWhile(c => Base32Letters.Contains(c, StringComparison.Ordinal)).Count();
        if (clean.Length % 8 != 0 || !clean.AsSpan(digits).Trim('=').IsEmpty || clean.Length - digits > 6)
            return $"illegal base32 data at input byte {digits}";
        return Encoding.UTF8.GetString(Bits(clean[..digits], 5, c => Base32Letters.IndexOf(c, StringComparison.Ordinal)));
    }

    private static byte[] Bits(string digits, int width, Func<char, int> value)
    {
        var result = new List<byte>(digits.Length);
        int buffer = 0, bits = 0;
        foreach (var digit in digits)
        {
            buffer = (buffer << width) | value(digit);
            bits += width;
            if (bits < 8) continue;
            bits -= 8;
            result.Add((byte)(buffer >> bits));
            buffer &= (1 << bits) - 1;
        }

        return [.. result];
    }
}
