using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Core.Trust;

/// <summary>
/// Makes the four texts that istiod reads out of what a vault holds: certificates in any order with a key, or the four texts
/// themselves. Only sorts and picks; whether the result is sound is for <see cref="CaMaterialValidator"/> to say.
/// </summary>
public static class CaAssembly
{
    private const string PrivateKey = "PRIVATE KEY";
    private const string Parameters = "EC PARAMETERS";

    /// <summary>From PEM blocks in any order: one private key, its certificate, and those above it.</summary>
    /// <param name="pem">The blocks.</param>
    /// <param name="roots">The text of root-cert.pem where it is kept apart; null where the root is among the blocks.</param>
    /// <param name="version">The version of the source.</param>
    /// <param name="fault">Why there is no result; never with key material in it.</param>
    public static CaMaterial? FromPem(string pem, string? roots, string version, out string fault)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var blocks = PemBlocks.Read(pem, "the PEM", faults);
        try
        {
            var keys = blocks.Where(block => block.Label.EndsWith(PrivateKey, StringComparison.Ordinal)).ToList();
            if (blocks.FirstOrDefault(block => block.Label is not ("CERTIFICATE" or Parameters) && !keys.Contains(block)) is { } other)
                faults.Add($"the PEM, block {other.Number} is neither a certificate nor a private key");
            if (keys.Count == 0)
                faults.Add("the PEM holds no private key: is it exportable?");
            if (keys.Count > 1)
                faults.Add("the PEM holds more than one private key");
            if (keys.Exists(key => key.IsEncrypted || key.Label == $"ENCRYPTED {PrivateKey}"))
                faults.Add("the private key is encrypted: store it without a passphrase");
            fault = string.Join("; ", faults);
            return faults.Count > 0
                ? null
                : FromCertificates([.. blocks.Where(block => block.Label == "CERTIFICATE").Select(block => block.Content)], Text(keys[0].Label, keys[0].Content), roots, version, out fault);
        }
        finally
        {
            foreach (var block in blocks)
                CryptographicOperations.ZeroMemory(block.Content);
        }
    }

    /// <summary>From certificates in DER, in any order, and a key in PEM.</summary>
    public static CaMaterial? FromCertificates(IReadOnlyList<byte[]> certificates, string keyPem, string? roots, string version, out string fault)
    {
        var all = new List<CaCertificate>();
        try
        {
            foreach (var der in certificates)
            {
                if (CaCertificate.Load([.. der], "the bundle", all.Count + 1) is not { } certificate)
                {
                    fault = $"certificate {all.Count + 1} cannot be read";
                    return null;
                }

                all.Add(certificate);
            }

            return Arrange(all, keyPem, roots, version, out fault);
        }
        finally
        {
            all.ForEach(certificate => certificate.Dispose());
        }
    }

    /// <summary>From the four texts, which stay byte for byte: only curve parameters before the key go, which istiod trips over.</summary>
    public static CaMaterial FromParts(string caCert, string caKey, string rootCert, string certChain, string version) =>
        new(caCert, WithoutParameters(caKey), rootCert, certChain, version);

    private static CaMaterial? Arrange(List<CaCertificate> all, string keyPem, string? roots, string version, out string fault)
    {
        var path = new List<CaCertificate>();
        for (var current = all.Find(certificate => KeyRules.Fits(certificate, keyPem)); current is not null; current = Above(all, path))
            path.Add(current);
        fault = path.Count == 0 ? "no certificate fits the private key" : "";
        if (path.Count == 0)
            return null;
        if (roots is null && !path[^1].IsSelfIssued)
        {
            fault = $"the chain does not reach a root: the issuer of '{path[^1].Subject}' is missing. "
                + "Put the root into the certificate's chain, or store it as a secret of its own and name that in trust.root";
            return null;
        }

        return new CaMaterial(path[0].Pem, keyPem, roots ?? path[^1].Pem, string.Concat(path.Select(link => link.Pem)), version);
    }

    private static CaCertificate? Above(List<CaCertificate> all, List<CaCertificate> path)
    {
        var below = path[^1];
        if (below.IsSelfIssued && below.IsSignedBy(below))
            return null;
        var named = all.Where(candidate => below.Names(candidate) && !path.Contains(candidate)).ToList();
        return named.Find(below.IsSignedBy) ?? named.FirstOrDefault();
    }

    private static string Text(string label, byte[] content) => PemEncoding.WriteString(label, content) + "\n";

    private static string WithoutParameters(string key)
    {
        const string begin = $"-----BEGIN {Parameters}-----", end = $"-----END {Parameters}-----";
        var from = key.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : key.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0 ? key : new StringBuilder(key).Remove(from, to + end.Length - from).ToString().TrimStart();
    }
}
