namespace Isthmus.Core.ControlPlane;

/// <summary>How an API server is reached and recognised.</summary>
/// <param name="Server">Its https address.</param>
/// <param name="CaPem">The CA that signed its certificate; null where the client's own roots hold it.</param>
/// <param name="TlsServerName">The name in its certificate, where that is not the address's host.</param>
/// <param name="SkipsVerification">Whether its certificate is not looked at. No token is sent to such a server.</param>
public sealed record ApiServerAddress(Uri Server, string? CaPem, string? TlsServerName, bool SkipsVerification)
{
    /// <summary>Why istiod cannot be sent there; null where it can.</summary>
    public string? Fault()
    {
        if (SkipsVerification)
            return "the kubeconfig of the cluster says insecure-skip-tls-verify, and a token is not sent to a server that nobody verifies: give certificate-authority-data";
        return Server.Scheme == Uri.UriSchemeHttps ? null : $"the API server's address {Server} is not https, and a token is not sent in plain text";
    }
}
