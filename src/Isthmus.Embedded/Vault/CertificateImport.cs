using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Embedded.Vault;

/// <summary>What importing a certificate makes of it: the certificate, and the secret that stands beside it.</summary>
internal sealed class CertificateImport(X509Certificate2 certificate, string secret, string contentType)
{
    private const string Pem = "application/x-pem-file";
    private const string Pkcs12 = "application/x-pkcs12";

    public X509Certificate2 Certificate { get; } = certificate;

    public string Secret { get; } = secret;

    public string ContentType { get; } = contentType;

    /// <summary>As Key Vault imports: PKCS#12 with its chain, PEM with one certificate. Null where it is neither.</summary>
    public static CertificateImport? Read(string value, string? password, bool exportable)
    {
        try
        {
            return value.Contains("-----BEGIN", StringComparison.Ordinal) ? FromPem(value, exportable) : FromPkcs12(value, password, exportable);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The certificate of a PEM text that a vault holds: the first one.</summary>
    public static X509Certificate2 FirstOf(string pem) => X509Certificate2.CreateFromPem(pem);

    private static CertificateImport? FromPem(string pem, bool exportable)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(pem);
        using var pair = X509Certificate2.CreateFromPem(pem, pem);
        return all.Count == 1 ? new CertificateImport(all[0], exportable ? pem : all[0].ExportCertificatePem(), Pem) : null;
    }

    private static CertificateImport? FromPkcs12(string base64, string? password, bool exportable)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(
            Convert.FromBase64String(base64), password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
        if (all.FirstOrDefault(certificate => certificate.HasPrivateKey) is not { } own)
            return null;
        var bare = X509CertificateLoader.LoadCertificate(own.RawData);
        X509Certificate2Collection kept = exportable ? all : [.. all.Where(certificate => !certificate.HasPrivateKey), bare];
        return new CertificateImport(bare, Convert.ToBase64String(kept.Export(X509ContentType.Pkcs12) ?? []), Pkcs12);
    }
}
