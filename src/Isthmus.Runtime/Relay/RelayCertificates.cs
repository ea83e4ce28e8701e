using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Core.Relay;

namespace Isthmus.Runtime.Relay;

/// <summary>Makes certificates for relays: each with an authority of its own, whose key is gone when this is done.</summary>
internal static class RelayCertificates
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    public static RelayCertificate Make(DateTimeOffset now, TimeSpan lifetime)
    {
        // Clocks differ by minutes.
        var (from, until) = (now - TimeSpan.FromMinutes(10), now + lifetime);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN={RelayNames.Relay} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var authority = new CertificateRequest(name, authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        using var issuer = authority.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request(issuer, key).Create(issuer, from, until, RandomNumberGenerator.GetBytes(16));
        return new RelayCertificate(issuer.ExportCertificatePem() + "\n", issued.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static CertificateRequest Request(X509Certificate2 issuer, ECDsa key)
    {
        var request = new CertificateRequest($"CN={RelayNames.Relay}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(RelayNames.Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        return request;
    }
}
