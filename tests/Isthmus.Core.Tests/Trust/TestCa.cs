using System.Security.Cryptography;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Tests.Trust;

/// <summary>The four texts of a CA, and the key that istiod would sign with.</summary>
internal sealed record TestCa(IssuedCertificate Signing, string CaCert, string CaKey, string RootCert, string CertChain)
{
    private static readonly Lazy<RSA> Rsa2048 = new(() => RSA.Create(2048));
    private static readonly Lazy<RSA> OtherRsa2048 = new(() => RSA.Create(2048));
    private static readonly Lazy<RSA> Rsa1024 = new(() => RSA.Create(1024));

    public static RSA Rsa => Rsa2048.Value;

    public static RSA OtherRsa => OtherRsa2048.Value;

    public static RSA SmallRsa => Rsa1024.Value;

    /// <summary>What workload certificates are signed with: another key than <see cref="Signing"/>'s where the key file holds another.</summary>
    public AsymmetricAlgorithm SignsWith { get; init; } = Signing.Key;

    public CaMaterial Material => new(CaCert, CaKey, RootCert, CertChain, "v1");

    /// <summary>From the intermediate up to the root, with the whole chain in cert-chain.pem, as Istio's documentation has it.</summary>
    public static TestCa Of(params IssuedCertificate[] chain) =>
        new(chain[0], chain[0].Pem, chain[0].KeyPem, chain[^1].Pem, string.Concat(chain.Select(link => link.Pem)));

    /// <summary>A root and an intermediate, each of a given shape.</summary>
    public static TestCa Two(CertificateShape? signing = null, CertificateShape? root = null)
    {
        var top = IssuedCertificate.Root("root", root);
        return Of(top.Issue("intermediate", signing), top);
    }

    /// <summary>A root, a policy CA below it, and the intermediate.</summary>
    public static TestCa Three(CertificateShape? signing = null, CertificateShape? policy = null, CertificateShape? root = null)
    {
        var top = IssuedCertificate.Root("root", root);
        var middle = top.Issue("policy", policy);
        return Of(middle.Issue("intermediate", signing), middle, top);
    }
}
