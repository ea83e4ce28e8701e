namespace Isthmus.Core.Trust;

/// <summary>
/// The intermediate CA as Istio's <c>cacerts</c> Secret wants it, in PEM, with the version of its source.
/// Not a record on purpose: nothing prints or compares a private key by accident.
/// </summary>
public sealed class CaMaterial(string caCert, string caKey, string rootCert, string certChain, string sourceVersion)
{
    /// <summary>The intermediate certificate that istiod signs with (<c>ca-cert.pem</c>).</summary>
    public string CaCert { get; } = caCert;

    /// <summary>Its private key (<c>ca-key.pem</c>). Never log it.</summary>
    public string CaKey { get; } = caKey;

    /// <summary>The trust anchor or anchors (<c>root-cert.pem</c>).</summary>
    public string RootCert { get; } = rootCert;

    /// <summary>The chain from the intermediate to the root (<c>cert-chain.pem</c>).</summary>
    public string CertChain { get; } = certChain;

    /// <summary>The version of the certificate in its vault.</summary>
    public string SourceVersion { get; } = sourceVersion;

    public override string ToString() => $"CA material, version {SourceVersion}";
}
