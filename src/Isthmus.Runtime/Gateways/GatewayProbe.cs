using System.Formats.Asn1;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Core.Federation;

namespace Isthmus.Runtime.Gateways;

/// <summary>
/// Opens a TLS connection to a gateway with the SNI of a service that its cluster exports. The gateway passes TLS through to a pod, and
/// the pod shows its certificate before it asks for ours: seeing one proves the way. We hold no certificate of the mesh and trust none,
/// so the handshake always ends there and no request reaches the application.
/// </summary>
public sealed class GatewayProbe(TimeProvider time)
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string SpiffeScheme = "spiffe://";

    // The gateway's filter chains and the sidecar's mTLS chains match Istio's own protocol names only.
    private static readonly List<SslApplicationProtocol> IstioProtocols =
        [new("istio-http/1.1"), new("istio"), new("istio-http/1.0"), new("istio-h2")];

    /// <summary>For one connection and its handshake together.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The SNI by which gateways route to a service of their cluster, as Istio builds it.</summary>
    public static string ServerName(string host, int port) => $"outbound_.{port}_._.{host}";

    public async Task<GatewayProbeResult> ProbeAsync(GatewayAddress address, string serverName, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        X509Certificate2? shown = null;
        try
        {
            var (outcome, detail) = await TryAsync(address, serverName, certificate => shown ??= certificate, both.Token).ConfigureAwait(false);
            return shown is null ? Result(outcome, detail) : Answer(shown);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return shown is null ? Result(ProbeOutcome.TimedOut, $"no answer within {Patience.TotalSeconds:0.#} s") : Answer(shown);
        }
        finally
        {
            shown?.Dispose();
        }

        GatewayProbeResult Result(ProbeOutcome outcome, string detail) => new(address, serverName, outcome, detail, time.GetElapsedTime(start));

        GatewayProbeResult Answer(X509Certificate2 certificate)
        {
            var identity = Identity(certificate);
            return Result(ProbeOutcome.Answered, identity ?? "a server without a SPIFFE identity answered") with
            {
                Identity = identity,
                Expires = certificate.NotAfter.ToUniversalTime(),
            };
        }
    }

    private static async Task<(ProbeOutcome Outcome, string Detail)> TryAsync(
        GatewayAddress address, string serverName, Action<X509Certificate2> onCertificate, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException fault)
        {
            var isName = fault.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery;
            var outcome = isName ? ProbeOutcome.NotResolved : fault.SocketErrorCode == SocketError.TimedOut ? ProbeOutcome.TimedOut : ProbeOutcome.Refused;
            return (outcome, fault.Message);
        }

        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(Options(serverName, onCertificate), cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException fault)
        {
            return (ProbeOutcome.NotTls, $"no TLS server with a certificate answered: {fault.GetBaseException().Message}");
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return (ProbeOutcome.Closed, $"the gateway closed the connection: it routes no such name, or no pod is ready ({fault.GetBaseException().Message})");
        }

        return (ProbeOutcome.NotTls, "the handshake ended without a certificate");
    }

    private static SslClientAuthenticationOptions Options(string serverName, Action<X509Certificate2> onCertificate) => new()
    {
        TargetHost = serverName,
        ApplicationProtocols = IstioProtocols,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            if (certificate is not null)
                onCertificate(X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
            return false;
        },
    };

    private static string? Identity(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == SubjectAlternativeName);
        if (extension is null)
            return null;
        try
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
            while (names.HasData)
            {
                if (!names.PeekTag().HasSameClassAndValue(uri))
                    names.ReadEncodedValue();
                else if (names.ReadCharacterString(UniversalTagNumber.IA5String, uri) is var text && text.StartsWith(SpiffeScheme, StringComparison.Ordinal))
                    return text;
            }
        }
        catch (AsnContentException)
        {
            // Whoever answered may show what he likes; it names no identity then.
            return null;
        }

        return null;
    }
}
