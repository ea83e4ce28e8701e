using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
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
/// One cluster's API on raw JSON, so that fields unknown to us survive. Reads are consistent: no resourceVersion is sent.
/// Throws <see cref="ClusterApiException"/> for a refusal and <see cref="ClusterUnreachableException"/> for silence.
/// </summary>
public sealed class ClusterApi : IDisposable
{
    private const int PageSize = 500;
    private const int MostLists = 3;
    private const string FieldManager = "isthmus";

    /// <summary>How long what a link found is relied on: an API server may get another address or CA, a kubeconfig another token.</summary>
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(15);

    private readonly IClusterLink? _link;
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly ResiliencePipeline _reads;
    private readonly ResiliencePipeline _writes;

    private readonly ClusterApiOptions _options;
    private readonly TimeProvider _time;

    private volatile Connected? _connected;
    private volatile bool _hasFailed;

    public ClusterApi(ClusterName cluster, KubernetesClientConfiguration configuration, ClusterApiOptions options, TimeProvider time)
        : this(cluster, options, time) => _connected = Connect(configuration);

    /// <summary>A cluster whose API server is asked for when the first request goes out.</summary>
    internal ClusterApi(ClusterName cluster, IClusterLink link, ClusterApiOptions options, TimeProvider time)
        : this(cluster, options, time) => _link = link;

    private ClusterApi(ClusterName cluster, ClusterApiOptions options, TimeProvider time)
    {
        Cluster = cluster;
        (_options, _time) = (options, time);
        // A server that turns a request away as one too many has done nothing of it, so a write may be sent again then, and only then.
        _writes = Pipeline(new PredicateBuilder().Handle<ClusterApiException>(refusal => refusal.Status == 429 && IsShort(refusal.RetryAfter)));
        _reads = Pipeline(new PredicateBuilder().Handle<HttpRequestException>().Handle<IOException>().Handle<SocketException>()
            .Handle<ClusterApiException>(refusal => refusal.Status is 429 or 502 or 503 or 504 && IsShort(refusal.RetryAfter)));
    }

    public ClusterName Cluster { get; }

    /// <summary>The API server that this client talks to; known once it was asked for something.</summary>
    public ApiServerAddress Address => _connected?.Address ?? throw new InvalidOperationException($"Nothing was asked of cluster {Cluster} yet.");

    /// <summary>Whether the way to it is to be found anew: it failed, or was found long ago.</summary>
    internal bool IsStale => _link is not null && (_hasFailed || (_connected is { } connected && _time.GetElapsedTime(connected.At) > LinkLife));

    /// <summary>The same API server, for the holder of a token. The caller disposes it.</summary>
    public ClusterApi WithToken(string token) => new(Cluster, ApiServerAddresses.WithToken(Address, token), _options, _time);

    /// <summary>Asks who the server is, once and without trying again, so that the time it takes is the server's.</summary>
    public async Task<ServerAnswer> AskVersionAsync(CancellationToken cancellationToken)
    {
        await ClientAsync(cancellationToken).ConfigureAwait(false);
        var (sent, start) = (_time.GetUtcNow(), _time.GetTimestamp());
        DateTimeOffset? date = null;
        var answer = await GuardAsync(_writes, HttpMethod.Get, "version", null, cancellationToken, response => date = response.Headers.Date).ConfigureAwait(false);
        return new ServerAnswer(ObjectMetadata.TextOf(answer["gitVersion"]) ?? "", date, sent, _time.GetElapsedTime(start));
    }

    /// <summary>Whether we may do something, in every namespace and with every object.</summary>
    public async Task<bool> MayAsync(RequiredRight right, CancellationToken cancellationToken)
    {
        var resource = right.Resource.Split('/', 2);
        var attributes = new JsonObject { ["group"] = right.Group, ["resource"] = resource[0], ["verb"] = right.Verb };
        if (resource.Length > 1)
            attributes["subresource"] = resource[1];
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        // Nothing is stored, so that it may be asked again as a read may.
        var answer = await GuardAsync(_reads, HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, cancellationToken).ConfigureAwait(false);
        return answer["status"] is JsonObject status && status["allowed"] is JsonValue value && value.TryGetValue<bool>(out var allowed) && allowed;
    }

    /// <summary>The object, or null where there is none (or no such kind is served).</summary>
    public async Task<JsonObject?> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(kind.Path(ns, name), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterApiException refusal) when (refusal.Status == 404)
        {
            return null;
        }
    }

    /// <summary>All objects that match, page by page, each with its apiVersion and kind; empty where the kind is not served.</summary>
    public Task<IReadOnlyList<JsonObject>> ListAsync(
        ResourceKind kind, string? ns, string? labelSelector, string? fieldSelector, CancellationToken cancellationToken) =>
        ListAsync(kind, ns, labelSelector, fieldSelector, item => item, cancellationToken);

    /// <summary>The same, where of each object only what <paramref name="keep"/> makes of it is kept, while its page is read.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        ResourceKind kind, string? ns, string? labelSelector, string? fieldSelector, Func<JsonObject, T> keep, CancellationToken cancellationToken)
    {
        var begun = 1;
        while (true)
        {
            try
            {
                return await ListOnceAsync(kind, ns, labelSelector, fieldSelector, keep, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterApiException refusal) when (refusal.Status == 410 && begun < MostLists)
            {
                // The continue token expired: a list is only consistent as a whole, so it starts again. What never ends is told, and is no list.
                begun++;
            }
        }
    }

    private async Task<List<T>> ListOnceAsync<T>(
        ResourceKind kind, string? ns, string? labelSelector, string? fieldSelector, Func<JsonObject, T> keep, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? next = null;
        do
        {
            JsonObject page;
            try
            {
                page = await ReadAsync(ListPath(kind, ns, labelSelector, fieldSelector, next), cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterApiException refusal) when (refusal.Status == 404 && next is null)
            {
                return [];
            }

            foreach (var item in TakeItems(page))
                items.Add(keep(Listed(kind, item)));
            next = ObjectMetadata.TextOf((page["metadata"] as JsonObject)?["continue"]);
        }
        while (!string.IsNullOrEmpty(next));

        return items;
    }

    /// <summary>The kind in the first of the given versions that the server offers; null where it offers none of them.</summary>
    public async Task<ResourceKind?> ServedAsync(ResourceKind kind, IReadOnlyList<string> versions, CancellationToken cancellationToken)
    {
        JsonObject group;
        try
        {
            group = await ReadAsync($"apis/{kind.Group}", cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterApiException refusal) when (refusal.Status == 404)
        {
            return null;
        }

        var served = (group["versions"] as JsonArray ?? []).OfType<JsonObject>().Select(version => ObjectMetadata.TextOf(version["version"])).ToHashSet();
        return versions.FirstOrDefault(served.Contains) is { } found ? kind with { Version = found } : null;
    }

    /// <summary>A read whose answer is taken as it comes: a watch, or a list in another form. The caller disposes it, and bears what breaks on the way.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        // Many of these stay open at once: over HTTP/2 they share a connection, and its handshake.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue(FieldManager, "0.1"));
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

    public Task<JsonObject> CreateAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Post, kind.Path(obj.NamespaceName(), null), obj, cancellationToken);

    /// <summary>Asks whether an object would be taken; nothing is stored.</summary>
    public Task<JsonObject> TryCreateAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        GuardAsync(_writes, HttpMethod.Post, $"{kind.Path(obj.NamespaceName(), null)}?dryRun=All&fieldManager={FieldManager}", obj, cancellationToken);

    /// <summary>Replaces an object; it carries the resourceVersion that was read, so a change in between is a conflict (409).</summary>
    public Task<JsonObject> ReplaceAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Put, kind.Path(obj.NamespaceName(), obj.Name()), obj, cancellationToken);

    /// <summary>Posts what an object has below it, such as a token of a ServiceAccount; the answer is the server's.</summary>
    public Task<JsonObject> CreateBelowAsync(
        ResourceKind kind, string? ns, string name, string subresource, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Post, $"{kind.Path(ns, name)}/{subresource}", body, cancellationToken);

    public Task<JsonObject> ReplaceStatusAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Put, kind.Path(obj.NamespaceName(), obj.Name()) + "/status", obj, cancellationToken);

    /// <summary>Deletes exactly the object that was read: another uid or resourceVersion is a conflict (409). Gone already is fine.</summary>
    public async Task DeleteAsync(ResourceKind kind, JsonObject live, CancellationToken cancellationToken)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["preconditions"] = new JsonObject { ["uid"] = live.Uid(), ["resourceVersion"] = live.ResourceVersion() },
        };
        try
        {
            await WriteAsync(HttpMethod.Delete, kind.Path(live.NamespaceName(), live.Name()), options, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterApiException refusal) when (refusal.Status == 404)
        {
            return;
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

    // Out of their page without a copy: a full run holds tens of thousands of them.
    private static JsonObject[] TakeItems(JsonObject page)
    {
        if (page["items"] is not JsonArray array)
            return [];
        var items = array.OfType<JsonObject>().ToArray();
        array.Clear();
        return items;
    }

    private static JsonObject Listed(ResourceKind kind, JsonObject item)
    {
        // Items of a list come without their type; a replace needs it.
        item["apiVersion"] ??= kind.ApiVersion;
        item["kind"] ??= kind.Kind;
        // Often the larger half of an object, and nothing to us; a server keeps them where a replace brings none.
        (item["metadata"] as JsonObject)?.Remove("managedFields");
        return item;
    }

    private static string ListPath(ResourceKind kind, string? ns, string? labels, string? fields, string? next)
    {
        var path = $"{kind.Path(ns, null)}?limit={PageSize}";
        if (labels is not null)
            path += $"&labelSelector={Uri.EscapeDataString(labels)}";
        if (fields is not null)
            path += $"&fieldSelector={Uri.EscapeDataString(fields)}";
        return next is null ? path : $"{path}&continue={Uri.EscapeDataString(next)}";
    }

    private Task<JsonObject> ReadAsync(string path, CancellationToken cancellationToken) =>
        GuardAsync(_reads, HttpMethod.Get, path, null, cancellationToken);

    private Task<JsonObject> WriteAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken) =>
        GuardAsync(_writes, method, method == HttpMethod.Delete ? path : $"{path}?fieldManager={FieldManager}", body, cancellationToken);

    private async Task<JsonObject> GuardAsync(
        ResiliencePipeline pipeline, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, Action<HttpResponseMessage>? onAnswer = null)
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
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue(FieldManager, "0.1"));
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
        return new ClusterApiException(Cluster, status, reason, message.Length > 500 ? message[..500] : message) { RetryAfter = response.Headers.RetryAfter?.Delta };
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
