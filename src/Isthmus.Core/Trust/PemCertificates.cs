using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>Reads bundles of CERTIFICATE blocks and nothing else, so that a private key cannot slip into one.</summary>
internal static class PemCertificates
{
    private const string Label = "CERTIFICATE";

    public static IReadOnlyList<X509Certificate2> Read(string pem, string file, ImmutableArray<string>.Builder faults) =>
        [.. ReadPlaced(pem, file, faults).Select(certificate => certificate.Certificate)];

    /// <summary>The certificates with the places they stand at, for messages.</summary>
    public static IReadOnlyList<CaCertificate> ReadPlaced(string pem, string file, ImmutableArray<string>.Builder faults)
    {
        var certificates = new List<CaCertificate>();
        var before = faults.Count;
        foreach (var block in PemBlocks.Read(pem, file, faults))
        {
            if (block.Label != Label)
                faults.Add($"{file}, block {block.Number} is no certificate but {(block.Label.Length == 0 ? "something else" : $"'{block.Label}'")}: only certificates belong there");
            else if (CaCertificate.Load(block.Content, file, block.Number) is { } certificate)
                certificates.Add(certificate);
            else
                faults.Add($"{file}, block {block.Number} is a certificate that cannot be read");
        }

        if (certificates.Count == 0 && faults.Count == before)
            faults.Add($"{file} holds no certificate");
        return certificates;
    }

    /// <summary>The certificates of a bundle by content, whatever their order; empty where it cannot be read.</summary>
    public static ImmutableSortedSet<string> Thumbprints(string pem) =>
        Read(pem, "", ImmutableArray.CreateBuilder<string>())
            .Select(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256))
            .ToImmutableSortedSet(StringComparer.Ordinal);
}
