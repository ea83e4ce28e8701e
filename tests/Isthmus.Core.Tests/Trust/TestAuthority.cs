using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Tests.Trust;

/// <summary>A root and what it signs, made on the spot.</summary>
internal sealed class TestAuthority
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(10));
    }

    public string RootPem => _root.ExportCertificatePem();

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    public (string Cert, string Key) Sign(string name, DateTimeOffset from, DateTimeOffset to, bool isAuthority = true, X509KeyUsageFlags usage = X509KeyUsageFlags.KeyCertSign)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, isAuthority, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        using var certificate = request.Create(_root, from, to, RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public CaMaterial Material(DateTimeOffset now, string version)
    {
        var (cert, key) = Sign("intermediate", now.AddDays(-1), now.AddYears(1));
        return new CaMaterial(cert, key, RootPem, cert + "\n" + RootPem, version);
    }
}
