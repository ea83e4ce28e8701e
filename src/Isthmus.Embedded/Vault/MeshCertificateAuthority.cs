using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Embedded.Vault;

/// <summary>
/// The mesh's own authority for demos and tests: a root that stays, and intermediates signed by it, one after the other, for
/// istiod to sign workload certificates with.
/// </summary>
public sealed class MeshCertificateAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _time;

    private MeshCertificateAuthority(X509Certificate2 root, TimeProvider time) => (_root, _time) = (root, time);

    public string RootPem => _root.ExportCertificatePem();

    public static MeshCertificateAuthority Create(string organization, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O={organization}, CN=Root CA", key, HashAlgorithmName.SHA256);
        AddAuthorityExtensions(request, pathLength: 1);
        var from = time.GetUtcNow().AddMinutes(-5);
        return new MeshCertificateAuthority(request.CreateSelfSigned(from, from.AddYears(10)), time);
    }

    /// <summary>A new intermediate with a new key: PEM of its private key (PKCS#8), itself and the root, in that order.</summary>
    public string IssueIntermediatePem(string name = "Intermediate CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"{_root.Subject.Replace("CN=Root CA", $"CN={name}", StringComparison.Ordinal)}", key, HashAlgorithmName.SHA256);
        AddAuthorityExtensions(request, pathLength: 0);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        var from = _time.GetUtcNow().AddMinutes(-4);
        using var issued = request.Create(_root, from, from.AddYears(2), RandomNumberGenerator.GetBytes(16));
        return string.Join('\n', key.ExportPkcs8PrivateKeyPem(), issued.ExportCertificatePem(), RootPem, "");
    }

    public void Dispose() => _root.Dispose();

    private static void AddAuthorityExtensions(CertificateRequest request, int pathLength)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }
}
