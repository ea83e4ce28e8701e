using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>
/// Where the Service that a webhook names can be reached: embedded clusters have no network of their own.
/// Null when there is no such Service.
/// </summary>
internal delegate DnsEndPoint? ServiceAddressResolver(string ns, string name, int port);

/// <summary>Calls webhooks over HTTPS. One connection pool for each CA bundle, kept as long as the cluster.</summary>
internal sealed class WebhookClient(ServiceAddressResolver? resolveService) : IDisposable
{
    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];

    private readonly ConcurrentDictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    public async Task<WebhookAnswer> CallAsync(WebhookCall call, bool mutating, CancellationToken cancellationToken)
    {
        var webhook = call.Webhook;
        var apiVersion = "admission.k8s.io/" + (webhook.Spec.Texts("admissionReviewVersions").FirstOrDefault(version => ReviewVersions.Contains(version, StringComparer.Ordinal))
            ?? throw new WebhookCallException(webhook.Name, "no supported AdmissionReview version"));
        var uid = Guid.NewGuid().ToString();
        var url = $"{Target(webhook)}?timeout={webhook.TimeoutSeconds}s";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(webhook.TimeoutSeconds));
        var body = AdmissionReviewBody.Build(call, apiVersion, uid).ToJsonString();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, */*");
        try
        {
            var client = _clients.GetOrAdd(webhook.Spec.Text("clientConfig", "caBundle"), NewClient);
            using var response = await client.SendAsync(request, deadline.Token);
            var text = await response.Content.ReadAsStringAsync(deadline.Token);
            if ((int)response.StatusCode is < 200 or > 206)
                throw NotCalled(webhook, GoErrors.Status((int)response.StatusCode, text));
            return AdmissionReviewReader.Read(text, webhook.Name, apiVersion, uid, mutating);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotCalled(webhook, $"Post \"{url}\": context deadline exceeded");
        }
        catch (HttpRequestException e)
        {
            throw NotCalled(webhook, $"Post \"{url}\": {GoErrors.Network(e, new Uri(url))}");
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private static string Target(Webhook webhook)
    {
        var config = webhook.Spec.Object("clientConfig");
        if (config.Text("url") is { Length: > 0 } url)
            return new Uri(url).GetLeftPart(UriPartial.Path);
        var service = config.Object("service");
        var path = service.Text("path") is { Length: > 0 } given ? given : "/";
        return $"https://{service.Text("name")}.{service.Text("namespace")}.svc:{service.Number("port") ?? 443}{path}";
    }

    private HttpClient NewClient(string caBundle)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, errors) => Verify(certificate, errors, caBundle) },
        };
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Names of Services are looked up with the resolver; all else connects as usual.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        if (target.Host.Split('.') is [var name, var ns, "svc"])
            target = resolveService?.Invoke(ns, name, target.Port) ?? throw new HttpRequestException($"service \"{name}\" not found");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Verify(X509Certificate? certificate, SslPolicyErrors errors, string caBundle)
    {
        if (certificate is null)
            return false;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw new AuthenticationException("x509: certificate is not valid for the host that was asked for");
        if (caBundle.Length == 0)
            return errors == SslPolicyErrors.None ? true : throw new AuthenticationException("x509: certificate signed by unknown authority");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        try
        {
            chain.ChainPolicy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(caBundle)));
        }
        catch (CryptographicException)
        {
            throw new AuthenticationException("unable to load root certificates: unable to parse bytes as PEM block");
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        if (chain.Build(leaf))
            return true;
        throw new AuthenticationException(Array.Exists(chain.ChainStatus, status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            ? "x509: certificate has expired or is not yet valid"
            : "x509: certificate signed by unknown authority");
    }

    private static WebhookCallException NotCalled(Webhook webhook, string why) => new(webhook.Name, $"failed to call webhook: {why}");
}
