using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using k8s;
using k8s.Exceptions;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>
/// The way to one cluster's API server: who it is, how long it may take, what is tried again. Throws <see cref="ClusterApiException"/> for a
/// refusal and <see cref="ClusterUnreachableException"/> for silence.
/// </summary>
internal sealed class ClusterChannel : IDisposable
{
    /// <summary>How long what a link found is relied on: an API server may get another address or CA, a kubeconfig another token.</summary>
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(15);

    private readonly IClusterLink? _link;
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly ResiliencePipeline _reads;
    private readonly ResiliencePipeline _writes;
    private readonly ResiliencePipeline _once;
    private readonly ClusterApiOptions _options;
    private readonly TimeProvider _time;

    private volatile Connected? _connected;
    private volatile bool _hasFailed;

    public ClusterChannel(ClusterName cluster, KubernetesClientConfiguration configuration, ClusterApiOptions options, TimeProvider time)
        : this(cluster, options, time) => _connected = Connect(configuration);

    /// <summary>A cluster whose API server is asked for when the first request goes out.</summary>
    public ClusterChannel(ClusterName cluster, IClusterLink link, ClusterApiOptions options, TimeProvider time)
        : this(cluster, options, time) => _link = link;

    private ClusterChannel(ClusterName cluster, ClusterApiOptions options, TimeProvider time)
    {
        Cluster = cluster;
        (_options, _time) = (options, time);
        _once = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.RequestTimeout).Build();
        // A server that turns a request away as one too many has done nothing of it, so a write may be sent again then, and only then.
        _writes = Pipeline(new PredicateBuilder().Handle<ClusterApiException>(refusal => refusal.Status == 429 && IsShort(refusal.RetryAfter)));
        _reads = Pipeline(new PredicateBuilder().Handle<HttpRequestException>().Handle<IOException>().Handle<SocketException>()
            .Handle<ClusterApiException>(refusal => refusal.Status is 429 or 502 or 503 or 504 && IsShort(refusal.RetryAfter)));
    }

    public ClusterName Cluster { get; }

    /// <summary>The API server; known once it was asked for something.</summary>
    public ApiServerAddress Address => _connected?.Address ?? throw new InvalidOperationException($"Nothing was asked of cluster {Cluster} yet.");

    /// <summary>Whether the way to it is to be found anew: it failed, or was found long ago.</summary>
    public bool IsStale => _link is not null && (_hasFailed || (_connected is { } connected && _time.GetElapsedTime(connected.At) > LinkLife));

    /// <summary>The same API server, for the holder of a token. The caller disposes it.</summary>
    public ClusterChannel WithToken(string token) => new(Cluster, ApiServerAddresses.WithToken(Address, token), _options, _time);

    /// <summary>Nothing is changed by it, so that it is tried again where it failed in transit.</summary>
    public Task<JsonObject> ReadAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        GuardAsync(_reads, method, path, body, null, cancellationToken);

    /// <summary>Not sent again where no answer came: it may have landed.</summary>
    public Task<JsonObject> WriteAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        GuardAsync(_writes, method, path, body, null, cancellationToken);

    /// <summary>Reads once, and says what the server's clock showed, when we asked and how long it took.</summary>
    public async Task<(JsonObject Answer, DateTimeOffset? Date, DateTimeOffset Sent, TimeSpan Took)> TimeAsync(string path, CancellationToken cancellationToken)
    {
        await ClientAsync(cancellationToken).ConfigureAwait(false);
        var (sent, start) = (_time.GetUtcNow(), _time.GetTimestamp());
        DateTimeOffset? date = null;
        var answer = await GuardAsync(_once, HttpMethod.Get, path, null, response => date = response.Headers.Date, cancellationToken).ConfigureAwait(false);
        return (answer, date, sent, _time.GetElapsedTime(start));
    }

    /// <summary>A read whose answer is taken as it comes: a watch, or a list in another form. The caller disposes it, and bears what breaks on the way.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        using var request = Request(client, HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        var response = await OpenAsync(client, request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var answered = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            throw Refusal(response, Parse(answered), answered);
        }
    }

    public void Dispose()
    {
        _connected?.Client.Dispose();
        _connecting.Dispose();
    }

    private ResiliencePipeline Pipeline(PredicateBuilder<object> shouldHandle) => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = shouldHandle,
            MaxRetryAttempts = _options.Retries,
            Delay = TimeSpan.FromMilliseconds(100),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            // API priority and fairness says how long; null leaves it to the back-off.
            DelayGenerator = retry => ValueTask.FromResult((retry.Outcome.Exception as ClusterApiException)?.RetryAfter),
        })
        .AddTimeout(_options.RequestTimeout)
        .Build();

    // What takes longer is left to the next run.
    private bool IsShort(TimeSpan? wait) => wait is null || wait <= _options.LongestWait;

    private async Task<HttpResponseMessage> OpenAsync(k8s.Kubernetes client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception silence) when (silence is HttpRequestException or IOException or SocketException or AuthenticationException)
        {
            _hasFailed = true;
            throw;
        }
    }

    private async Task<JsonObject> GuardAsync(
        ResiliencePipeline pipeline, HttpMethod method, string path, JsonObject? body, Action<HttpResponseMessage>? onAnswer, CancellationToken cancellationToken)
    {
        if (_link is not { } link)
            return await AskAsync(pipeline, method, path, body, onAnswer, cancellationToken).ConfigureAwait(false);
        try
        {
            return await AskAsync(pipeline, method, path, body, onAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterApiException refusal) when (refusal.Status == 401)
        {
            _hasFailed = true;
            throw;
        }
        catch (ClusterUnreachableException silence)
        {
            _hasFailed = true;
            if (_connected is null || !silence.IsServersSilence || await link.ExplainAsync(cancellationToken).ConfigureAwait(false) is not { } reason)
                throw;
            throw silence.Because(reason);
        }
    }

    private async Task<JsonObject> AskAsync(
        ResiliencePipeline pipeline, HttpMethod method, string path, JsonObject? body, Action<HttpResponseMessage>? onAnswer, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await SendAsync(method, path, body, onAnswer, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutRejectedException timeout)
        {
            throw new ClusterUnreachableException(Cluster, $"no answer within {timeout.Timeout.TotalSeconds:0.#} s", timeout) { IsServersSilence = true };
        }
        // SocketException: HttpClient lets it through bare when a connection is reset just after it was opened.
        catch (Exception silence) when (silence is HttpRequestException or IOException or SocketException or AuthenticationException or KubernetesClientException)
        {
            throw new ClusterUnreachableException(Cluster, silence.GetBaseException().Message, silence) { IsServersSilence = true };
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own connect timeout shows as a cancellation that nobody asked for.
            throw new ClusterUnreachableException(Cluster, "no connection in time", silence) { IsServersSilence = true };
        }
    }

    private async Task<JsonObject> SendAsync(
        HttpMethod method, string path, JsonObject? body, Action<HttpResponseMessage>? onAnswer, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        using var request = Request(client, method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString());
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        using var response = await client.HttpClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        onAnswer?.Invoke(response);
        var answered = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var answer = Parse(answered);
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, answer, answered);
        return answer ?? throw new ClusterApiException(Cluster, (int)response.StatusCode, "", "the answer is not a JSON object");
    }

    // A run asks a cluster for a dozen things at once, and watches stay open: over HTTP/2 they share a connection, and its handshake.
    private static HttpRequestMessage Request(k8s.Kubernetes client, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue(ClusterApi.FieldManager, "0.1"));
        return request;
    }

    private async ValueTask<k8s.Kubernetes> ClientAsync(CancellationToken cancellationToken)
    {
        if (_connected is { } connected)
            return connected.Client;
        var link = _link ?? throw new System.Diagnostics.UnreachableException();
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (_connected ??= Connect(await link.ConnectAsync(cancellationToken).ConfigureAwait(false))).Client;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private Connected Connect(KubernetesClientConfiguration configuration)
    {
        configuration.FirstMessageHandlerSetup += handler =>
        {
            handler.ConnectTimeout = _options.ConnectTimeout;
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            // A server takes a hundred or so requests at once on one.
            handler.EnableMultipleHttp2Connections = true;
            // All requests hang on one connection: one that died without a word is found out before they give up.
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(4);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(3);
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        };
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        var client = new k8s.Kubernetes(configuration, _options.Handler is { } handler ? [handler(Cluster)] : []);
        return new Connected(client, ApiServerAddresses.Of(configuration), _time.GetTimestamp());
    }

    private ClusterApiException Refusal(HttpResponseMessage response, JsonObject? answer, byte[] body)
    {
        var status = (int)response.StatusCode;
        var reason = ObjectMetadata.TextOf(answer?["reason"]) ?? "";
        var message = ObjectMetadata.TextOf(answer?["message"]) ?? $"HTTP {status} {Encoding.UTF8.GetString(body).Trim()}";
        return new ClusterApiException(Cluster, status, reason, message.Length > 500 ? message[..500] : message)
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
            IsOfAnother = status == 422 && (answer?["details"]?["causes"] as JsonArray ?? []).Any(cause => ObjectMetadata.TextOf(cause?["field"]) == "metadata.uid"),
        };
    }

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Connected(k8s.Kubernetes Client, ApiServerAddress Address, long At);
}
