using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Trust;

/// <summary>
/// Files of PEM as texts of one character a byte: istiod compares root files by their bytes, so nothing that is read here is
/// written back in any other form, whatever comments or line ends it holds.
/// </summary>
internal static class RootBundle
{
    /// <summary>A key of a Secret; null where it is missing or no base64.</summary>
    public static string? FromSecret(JsonObject? secret, string key)
    {
        var text = ObjectMetadata.TextOf((secret?["data"] as JsonObject)?[key]);
        var buffer = new byte[text?.Length ?? 0];
        return text is not null && Convert.TryFromBase64String(text, buffer, out var length) ? Encoding.Latin1.GetString(buffer, 0, length) : null;
    }

    /// <summary>What stands in a ConfigMap or came out of the vault.</summary>
    public static string FromText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static string ToBase64(string bytes) => Convert.ToBase64String(Encoding.Latin1.GetBytes(bytes));

    /// <summary>
    /// The old file's exact bytes followed by the new root. Up to 1.28 istiod takes a changed root file only where it contains the
    /// old one or the other way round.
    /// </summary>
    public static string Union(string old, string next)
    {
        if (old.Contains(next, StringComparison.Ordinal))
            return old;
        if (next.Contains(old, StringComparison.Ordinal))
            return next;
        return old.EndsWith('\n') ? old + next : $"{old}\n{next}";
    }

    /// <summary>Whether both hold the same certificates, however they are written down.</summary>
    public static bool SameRoots(string left, string right)
    {
        var roots = Thumbprints(left);
        return !roots.IsEmpty && roots.SetEquals(Thumbprints(right));
    }

    /// <summary>Whether every certificate of <paramref name="part"/> is in <paramref name="whole"/> too.</summary>
    public static bool Covers(string whole, string part)
    {
        var roots = Thumbprints(part);
        return !roots.IsEmpty && roots.IsSubsetOf(Thumbprints(whole));
    }

    /// <summary>SHA-256 of each certificate, in lower-case hex, sorted.</summary>
    public static ImmutableArray<string> Fingerprints(string pem) => [.. Thumbprints(pem)];

    /// <summary>Whether there is any certificate at all.</summary>
    public static bool IsEmpty(string pem) => Thumbprints(pem).IsEmpty;

    // Taken of the encoded certificate, which is what the fingerprint of a certificate is: nothing needs to be parsed for it.
    private static ImmutableSortedSet<string> Thumbprints(string pem)
    {
        var prints = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var der = new byte[fields.DecodedDataLength];
            if (rest[fields.Label].SequenceEqual("CERTIFICATE") && Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out var length))
                prints.Add(Convert.ToHexStringLower(SHA256.HashData(der.AsSpan(0, length))));
            rest = rest[fields.Location.End..];
        }

        return prints.ToImmutable();
    }

    public static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(string.Join('\n', parts))));
}
