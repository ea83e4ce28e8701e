using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Benchmarks.Injection;

/// <summary>An HTTP client that trusts one CA, over HTTP/1.1 as API servers call webhooks.</summary>
internal static class LoadClient
{
    public static HttpClient Create(string caPem, int connections)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(caPem);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        });
    }
}
