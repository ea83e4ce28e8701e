using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>Reads bundles of CERTIFICATE blocks and nothing else, so that a private key cannot slip into one.</summary>
internal static class PemCertificates
{
    private const string Label = "CERTIFICATE";

    public static IReadOnlyList<X509Certificate2> Read(string pem, string file, ImmutableArray<string>.Builder faults)
    {
        var certificates = new List<X509Certificate2>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!rest[fields.Label].SequenceEqual(Label))
                faults.Add($"{file} holds a block that is no certificate");
            else if (Load(rest[fields.Base64Data]) is { } certificate)
                certificates.Add(certificate);
            else
                faults.Add($"{file} holds a certificate that cannot be read");
            rest = rest[fields.Location.End..];
        }

        if (certificates.Count == 0)
            faults.Add($"{file} holds no certificate");
        return certificates;
    }

    /// <summary>The certificates of a bundle by content, whatever their order; empty where it cannot be read.</summary>
    public static ImmutableSortedSet<string> Thumbprints(string pem) =>
        Read(pem, "", ImmutableArray.CreateBuilder<string>())
            .Select(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256))
            .ToImmutableSortedSet(StringComparer.Ordinal);

    private static X509Certificate2? Load(ReadOnlySpan<char> base64)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64.ToString()));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
