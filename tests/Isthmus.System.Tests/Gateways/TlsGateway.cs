using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Core.Federation;

namespace Isthmus.System.Tests.Gateways;

/// <summary>How a stand-in for a cluster's gateway takes connections.</summary>
internal enum GatewayMood
{
    /// <summary>As a gateway that passes TLS through to a sidecar, which asks for a client certificate.</summary>
    Serves,

    /// <summary>Takes connections and closes them, as Envoy does where it routes no such name.</summary>
    Closes,

    /// <summary>Takes connections and says nothing.</summary>
    Hangs,

    /// <summary>Answers in plain text.</summary>
    SpeaksPlainly,
}

/// <summary>A gateway on a free loopback port. Stopped, it refuses connections; started again, it has its old port.</summary>
internal sealed class TlsGateway : IAsyncDisposable
{
    public const string Identity = "spiffe://cluster.local/ns/shop/sa/reviews";

    private readonly X509Certificate2 _certificate = Issue();
    private readonly ConcurrentQueue<string> _names = new();
    private int _closes;
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _loop;

    public TlsGateway()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = AcceptAsync(_listener);
    }

    public int Port { get; }

    public GatewayAddress Address => new("127.0.0.1", Port);

    public GatewayMood Mood { get; set; }

    /// <summary>The SNI of each connection that was served.</summary>
    public IReadOnlyList<string> Names => [.. _names];

    /// <summary>Closes the next connections, however it is minded.</summary>
    public void ClosesNext(int connections) => _closes = connections;

    public void Stop() => _listener.Stop();

    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _loop = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _certificate.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                open.Add(client);
                _ = ServeAsync(client);
            }
        }
        // InvalidOperationException: stopped between two connections, the listener refuses the next call.
        catch (Exception end) when (end is SocketException or InvalidOperationException)
        {
            foreach (var client in open)
                client.Dispose();
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        if (Mood == GatewayMood.Hangs)
            return;
        using (client)
        {
            try
            {
                if (Mood == GatewayMood.SpeaksPlainly)
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                if (Mood != GatewayMood.Serves || Interlocked.Decrement(ref _closes) >= 0)
                    return;
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync((_, hello, _, _) =>
                {
                    _names.Enqueue(hello.ServerName);
                    return ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        ClientCertificateRequired = true,
                        ApplicationProtocols = [new SslApplicationProtocol("istio")],
                        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                    });
                }, null);
            }
            catch (Exception end) when (end is IOException or AuthenticationException or SocketException or ObjectDisposedException)
            {
                // The probe never finishes its handshake.
                return;
            }
        }
    }

    private static X509Certificate2 Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(Identity));
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
    }
}
