using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Security.KeyVault.Secrets;
using Isthmus.Core.Trust;

namespace Isthmus.Runtime.KeyVault;

/// <summary>Takes a vault's certificate secret apart: PEM or PKCS#12; key, certificate and chain in any order.</summary>
internal static class CaBundle
{
    /// <summary>Throws <see cref="CryptographicException"/> where it makes no CA; never with key material in the message.</summary>
    /// <param name="secret">The secret of a certificate, or one that holds the same.</param>
    /// <param name="roots">The text of root-cert.pem where the document names a secret for it.</param>
    /// <param name="version">The version that the CA is to bear.</param>
    public static CaMaterial Open(KeyVaultSecret secret, string? roots, string version) =>
        // A plain secret may bear any content type, or none: what it holds decides.
        secret.Value.Contains("-----BEGIN ", StringComparison.Ordinal)
            ? FromPem(secret.Value, version, roots)
            : FromPkcs12(secret, roots, version, out var fault) ?? throw new CryptographicException(fault);

    /// <summary>As <see cref="Open"/>, of PEM blocks.</summary>
    public static CaMaterial FromPem(string pem, string version, string? roots = null) =>
        CaAssembly.FromPem(pem, roots, version, out var fault) ?? throw new CryptographicException(fault);

    private static CaMaterial? FromPkcs12(KeyVaultSecret secret, string? roots, string version, out string fault)
    {
        var bytes = new byte[secret.Value.Length];
        try
        {
            if (!Convert.TryFromBase64String(secret.Value, bytes, out var length))
            {
                fault = $"its content ('{secret.Properties.ContentType}') is neither PEM nor base64 of PKCS#12";
                return null;
            }

            // Without password, as Key Vault gives it. EphemeralKeySet: the key never touches a disk.
            var certificates = X509CertificateLoader.LoadPkcs12Collection(
                bytes.AsSpan(0, length), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
            try
            {
                return FromCertificates(certificates, roots, version, out fault);
            }
            finally
            {
                foreach (var certificate in certificates)
                    certificate.Dispose();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static CaMaterial? FromCertificates(X509Certificate2Collection certificates, string? roots, string version, out string fault)
    {
        fault = "the PKCS#12 holds no private key: is the certificate exportable?";
        if (certificates.FirstOrDefault(certificate => certificate.HasPrivateKey) is not { } withKey)
            return null;
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)withKey.GetRSAPrivateKey() ?? withKey.GetECDsaPrivateKey();
        fault = "the private key is neither RSA nor ECDSA";
        return key is null
            ? null
            : CaAssembly.FromCertificates([.. certificates.Select(certificate => certificate.RawData)], key.ExportPkcs8PrivateKeyPem() + "\n", roots, version, out fault);
    }
}
