namespace Isthmus.Core.Trust;

/// <summary>The keys of the Secret <c>cacerts</c>, as istiod names them.</summary>
internal static class CaFiles
{
    public const string CaCert = "ca-cert.pem";
    public const string CaKey = "ca-key.pem";
    public const string RootCert = "root-cert.pem";
    public const string CertChain = "cert-chain.pem";
}
