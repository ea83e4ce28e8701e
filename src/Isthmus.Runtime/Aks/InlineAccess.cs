using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Core.Kubernetes;
using k8s;
using k8s.Authentication;

namespace Isthmus.Runtime.Aks;

/// <summary>From a kubeconfig that was read without running or opening anything to the client library's configuration.</summary>
internal static class InlineAccess
{
    /// <param name="kubeconfig">The server, and where <paramref name="tokens"/> is null its user.</param>
    /// <param name="tokens">Gives tokens in the user's place.</param>
    public static KubernetesClientConfiguration Configuration(InlineKubeconfig kubeconfig, ITokenProvider? tokens)
    {
        var configuration = new KubernetesClientConfiguration
        {
            Host = kubeconfig.Server.AbsoluteUri,
            TlsServerName = kubeconfig.TlsServerName,
            TokenProvider = tokens,
        };
        if (kubeconfig.CaPem is { } pem)
        {
            configuration.SslCaCerts = [];
            configuration.SslCaCerts.ImportFromPem(pem);
        }

        if (tokens is not null)
            return configuration;
        configuration.AccessToken = kubeconfig.Token;
        if (kubeconfig.ClientPem is { } client)
        {
            configuration.ClientCertificateData = Base64(client.Certificate);
            configuration.ClientCertificateKeyData = Base64(client.Key);
        }

        return configuration;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
