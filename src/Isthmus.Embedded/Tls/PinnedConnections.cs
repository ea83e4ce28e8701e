using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Embedded.Tls;

/// <summary>HTTP handlers for clients of the embedded servers: they trust one authority and nothing else.</summary>
public static class PinnedConnections
{
    public static SocketsHttpHandler TrustOnly(string authorityPem) => new()
    {
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy(authorityPem) },
    };

    /// <summary>
    /// Opens every connection to <paramref name="server"/>, whatever host the request names: SNI, Host header and the check of the
    /// certificate's name stay those of the real service.
    /// </summary>
    public static SocketsHttpHandler Redirect(Uri server, string authorityPem)
    {
        var handler = TrustOnly(authorityPem);
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return handler;
    }

    private static X509ChainPolicy Policy(string authorityPem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(authorityPem);
        return policy;
    }
}
