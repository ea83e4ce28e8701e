using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Core.Trust;

/// <summary>Which keys a CA may have, and whether a private key is the one of a certificate. No message holds any of it.</summary>
internal static class KeyRules
{
    private const int LeastRsaBits = 2048;

    // Beyond that BoringSSL, which the proxies use, refuses RSA keys.
    private const int MostRsaBits = 8192;
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EcKey = "1.2.840.10045.2.1";
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Unreadable = "ca-key.pem is not a readable, unencrypted private key";

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <summary>What is wrong with a certificate's public key; null where it is strong, and of a kind that istiod and the proxies know.</summary>
    public static string? Weakness(X509Certificate2 certificate)
    {
        var oid = certificate.PublicKey.Oid.Value;
        switch (oid)
        {
            case RsaKey:
                using (var rsa = certificate.GetRSAPublicKey())
                    return rsa is null ? "an RSA key that cannot be read" : SizeFault(rsa);
            case EcKey:
                return CurveOf(certificate.PublicKey.EncodedParameters?.RawData) is { } curve && Curves.Contains(curve)
                    ? null
                    : "an EC key on another curve than P-256, P-384 and P-521";
            default:
                return $"a key that is neither RSA nor EC ({oid})";
        }
    }

    public static void CheckKey(CaCertificate certificate, string pem, ImmutableArray<string>.Builder faults)
    {
        var before = faults.Count;
        var blocks = PemBlocks.Read(pem, CaFiles.CaKey, faults);
        try
        {
            var key = TheKey(blocks, faults);
            if (faults.Count > before)
                return;
            if (key is null)
                faults.Add(Unreadable);
            else
                CheckMatch(certificate.Certificate, key, faults);
        }
        finally
        {
            foreach (var block in blocks)
                CryptographicOperations.ZeroMemory(block.Content);
        }
    }

    /// <summary>Whether a private key in PEM is this certificate's.</summary>
    public static bool Fits(CaCertificate certificate, string pem)
    {
        if (certificate.Certificate.PublicKey.Oid.Value is not (RsaKey or EcKey))
            return false;
        var faults = ImmutableArray.CreateBuilder<string>();
        CheckKey(certificate, pem, faults);
        return faults.Count == 0;
    }

    private static PemBlock? TheKey(IReadOnlyList<PemBlock> blocks, ImmutableArray<string>.Builder faults)
    {
        var keys = blocks.Where(block => block.Label.EndsWith(Pkcs8, StringComparison.Ordinal)).ToList();
        // istiod reads the first block of this file, whatever it is.
        if (blocks.FirstOrDefault(block => !block.Label.EndsWith(Pkcs8, StringComparison.Ordinal)) is { } other)
            faults.Add($"ca-key.pem, block {other.Number} is no private key but '{other.Label}': only the key belongs there");
        if (keys.Count > 1)
            faults.Add("ca-key.pem has to hold exactly one private key");
        if (keys.Exists(key => key.IsEncrypted || key.Label == Encrypted))
        {
            faults.Add("ca-key.pem is encrypted, and istiod has no passphrase: store the key unencrypted in the vault, which encrypts it itself");
            return null;
        }

        if (keys.Find(key => key.Label is not (Pkcs8 or Pkcs1 or Sec1)) is { } unknown)
            faults.Add($"ca-key.pem is a '{unknown.Label}', which istiod does not read: store it as '{Pkcs8}' (PKCS#8)");
        return keys.FirstOrDefault();
    }

    private static void CheckMatch(X509Certificate2 certificate, PemBlock key, ImmutableArray<string>.Builder faults)
    {
        try
        {
            using AsymmetricAlgorithm? known = (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();
            if (known is null)
                return;
            using var pair = Import(key);
            if (!pair.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(known.ExportSubjectPublicKeyInfo()))
                faults.Add("ca-key.pem is not the key of ca-cert.pem");
        }
        catch (Exception fault) when (fault is CryptographicException or AsnContentException or ArgumentException)
        {
            // The exception's own text stays out: it may quote what it could not read.
            faults.Add(Unreadable);
        }
    }

    private static AsymmetricAlgorithm Import(PemBlock key)
    {
        AsymmetricAlgorithm pair = key.Label == Pkcs1 || (key.Label == Pkcs8 && Pkcs8Algorithm(key.Content) == RsaKey) ? RSA.Create() : ECDsa.Create();
        try
        {
            var read = 0;
            switch (pair)
            {
                case RSA rsa when key.Label == Pkcs1:
                    rsa.ImportRSAPrivateKey(key.Content, out read);
                    break;
                case ECDsa ecdsa when key.Label == Sec1:
                    ecdsa.ImportECPrivateKey(key.Content, out read);
                    break;
                default:
                    pair.ImportPkcs8PrivateKey(key.Content, out read);
                    break;
            }

            return read == key.Content.Length ? pair : throw new CryptographicException();
        }
        catch (Exception)
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>Throws where an EC key spells its curve out instead of naming it: Go reads named curves only.</summary>
    private static string Pkcs8Algorithm(byte[] content)
    {
        var info = new AsnReader(content, AsnEncodingRules.BER).ReadSequence();
        info.ReadInteger();
        var algorithm = info.ReadSequence();
        var oid = algorithm.ReadObjectIdentifier();
        if (oid == EcKey)
            algorithm.ReadObjectIdentifier();
        return oid;
    }

    private static string? SizeFault(RSA rsa)
    {
        if (rsa.KeySize is < LeastRsaBits or > MostRsaBits)
            return $"an RSA key of {rsa.KeySize} bits, and {LeastRsaBits} to {MostRsaBits} are needed";
        var exponent = rsa.ExportParameters(false).Exponent ?? [];
        return exponent.Length is > 0 and <= 4 && (exponent[^1] & 1) == 1 && exponent is not [1] ? null : "an RSA key with an exponent that istiod refuses";
    }

    private static string? CurveOf(byte[]? parameters)
    {
        if (parameters is null)
            return null;
        try
        {
            return new AsnReader(parameters, AsnEncodingRules.DER).ReadObjectIdentifier();
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
