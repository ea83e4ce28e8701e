using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Cluster;

namespace Isthmus.System.Tests.Cluster;

/// <summary>Plain HTTP calls to one embedded cluster, with its CA trusted.</summary>
internal sealed class ClusterCalls : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _server;

    public ClusterCalls(EmbeddedCluster cluster, string? token = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(cluster.CaCertificatePem));
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        _client = new HttpClient(handler);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? cluster.AdminToken);
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0");
        _server = cluster.Url;
    }

    public async Task<(int Status, JsonObject Body)> SendAsync(string method, string path, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server, path));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        }
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonNode.Parse(text) as JsonObject ?? []);
    }

    public async Task<JsonObject> OkAsync(string method, string path, string? body = null, string mediaType = "application/json")
    {
        var (status, answer) = await SendAsync(method, path, body, mediaType);
        return status is 200 or 201 ? answer : throw new InvalidOperationException($"{method} {path}: {answer.ToJsonString()}");
    }

    public Task<Stream> WatchAsync(string path) => _client.GetStreamAsync(new Uri(_server, path));

    /// <summary>From now on, as <c>kubectl --as</c> does.</summary>
    public void ActAs(string user) => _client.DefaultRequestHeaders.Add("Impersonate-User", user);

    public void Dispose() => _client.Dispose();
}
