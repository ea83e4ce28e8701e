using System.Security.Cryptography.X509Certificates;
using Isthmus.Core.ControlPlane;
using k8s;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>Between the client library's configuration and an API server's address.</summary>
internal static class ApiServerAddresses
{
    public static ApiServerAddress Of(KubernetesClientConfiguration configuration)
    {
        var ca = configuration.SslCaCerts is { Count: > 0 } certificates
            ? string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"))
            : null;
        return new ApiServerAddress(
            new Uri(configuration.Host), ca, string.IsNullOrEmpty(configuration.TlsServerName) ? null : configuration.TlsServerName, configuration.SkipTlsVerify);
    }

    public static KubernetesClientConfiguration WithToken(ApiServerAddress address, string token)
    {
        X509Certificate2Collection? certificates = null;
        if (address.CaPem is { } pem)
        {
            certificates = [];
            certificates.ImportFromPem(pem);
        }

        return new KubernetesClientConfiguration
        {
            Host = address.Server.AbsoluteUri,
            SslCaCerts = certificates,
            TlsServerName = address.TlsServerName,
            SkipTlsVerify = address.SkipsVerification,
            AccessToken = token,
        };
    }
}
