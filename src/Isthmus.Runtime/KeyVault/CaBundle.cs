using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Takes a vault's certificate secret apart: PEM or PKCS#12, key, certificate and chain in any order.</summary>
internal static class CaBundle
{
    /// <summary>From PEM blocks. Throws <see cref="CryptographicException"/> where they make no CA; never with key material in the message.</summary>
    public static CaMaterial FromPem(string pem, string version)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return Assemble(certificates, PrivateKeyBlock(pem), version);
    }

    /// <summary>From base64 of PKCS#12 without password, as Key Vault gives it.</summary>
    public static CaMaterial FromPkcs12(string base64, string version)
    {
        // EphemeralKeySet: the key never touches a disk.
        var certificates = X509CertificateLoader.LoadPkcs12Collection(
            Convert.FromBase64String(base64), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
        var withKey = certificates.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new CryptographicException("the PKCS#12 holds no private key: is the certificate exportable?");
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)withKey.GetRSAPrivateKey() ?? withKey.GetECDsaPrivateKey();
        return key is null
            ? throw new CryptographicException("the private key is neither RSA nor ECDSA")
            : Assemble(certificates, key.ExportPkcs8PrivateKeyPem(), version);
    }

    private static CaMaterial Assemble(X509Certificate2Collection certificates, string keyPem, string version)
    {
        var own = certificates.FirstOrDefault(certificate => Fits(certificate, keyPem))
            ?? throw new CryptographicException("no certificate fits the private key");
        var chain = new StringBuilder();
        var current = own;
        for (var length = 0; length < certificates.Count; length++)
        {
            chain.Append(current.ExportCertificatePem()).Append('\n');
            if (IsIssuerOf(current, current))
                return new CaMaterial(own.ExportCertificatePem() + "\n", keyPem + "\n", current.ExportCertificatePem() + "\n", chain.ToString(), version);
            var below = current;
            current = certificates.FirstOrDefault(candidate => candidate != below && IsIssuerOf(candidate, below))
                ?? throw new CryptographicException($"the chain does not reach a root: the issuer of '{below.Subject}' is missing");
        }

        throw new CryptographicException("the chain does not reach a root");
    }

    private static bool IsIssuerOf(X509Certificate2 issuer, X509Certificate2 certificate) =>
        certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData);

    private static bool Fits(X509Certificate2 certificate, string keyPem)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), keyPem);
            return pair.HasPrivateKey;
        }
        // ArgumentException: a key of the right algorithm that belongs to another certificate.
        catch (Exception mismatch) when (mismatch is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static string PrivateKeyBlock(string pem)
    {
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label].EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                return rest[fields.Location].ToString();
        }

        throw new CryptographicException("the PEM holds no private key");
    }
}
