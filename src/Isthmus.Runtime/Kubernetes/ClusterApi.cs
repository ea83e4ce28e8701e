using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using k8s;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>
/// One cluster's API on raw JSON, so that fields unknown to us survive. Reads are consistent: no resourceVersion is sent.
/// Throws <see cref="ClusterApiException"/> for a refusal and <see cref="ClusterUnreachableException"/> for silence.
/// </summary>
public sealed class ClusterApi : IDisposable
{
    private const int PageSize = 500;
    private const int MostLists = 3;
    internal const string FieldManager = "isthmus";

    private readonly ClusterChannel _channel;

    public ClusterApi(ClusterName cluster, KubernetesClientConfiguration configuration, ClusterApiOptions options, TimeProvider time)
        : this(new ClusterChannel(cluster, configuration, options, time))
    {
    }

    /// <summary>A cluster whose API server is asked for when the first request goes out.</summary>
    internal ClusterApi(ClusterName cluster, IClusterLink link, ClusterApiOptions options, TimeProvider time)
        : this(new ClusterChannel(cluster, link, options, time))
    {
    }

    private ClusterApi(ClusterChannel channel) => _channel = channel;

    public ClusterName Cluster => _channel.Cluster;

    /// <summary>The API server that this client talks to; known once it was asked for something.</summary>
    public ApiServerAddress Address => _channel.Address;

    /// <summary>Whether the way to it is to be found anew: it failed, or was found long ago.</summary>
    internal bool IsStale => _channel.IsStale;

    /// <summary>The same API server, for the holder of a token. The caller disposes it.</summary>
    public ClusterApi WithToken(string token) => new(_channel.WithToken(token));

    /// <summary>Asks who the server is, once and without trying again, so that the time it takes is the server's.</summary>
    public async Task<ServerAnswer> AskVersionAsync(CancellationToken cancellationToken)
    {
        var (answer, date, sent, took) = await _channel.TimeAsync("version", cancellationToken).ConfigureAwait(false);
        return new ServerAnswer(ObjectMetadata.TextOf(answer["gitVersion"]) ?? "", date, sent, took);
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
        var answer = await _channel.ReadAsync(HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, cancellationToken).ConfigureAwait(false);
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
    internal Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellationToken) => _channel.OpenAsync(path, accept, cancellationToken);

    public Task<JsonObject> CreateAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Post, kind.Path(obj.NamespaceName(), null), obj, cancellationToken);

    /// <summary>Asks whether an object would be taken; nothing is stored.</summary>
    public Task<JsonObject> TryCreateAsync(ResourceKind kind, JsonObject obj, CancellationToken cancellationToken) =>
        _channel.WriteAsync(HttpMethod.Post, $"{kind.Path(obj.NamespaceName(), null)}?dryRun=All&fieldManager={FieldManager}", obj, cancellationToken);

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

    public void Dispose() => _channel.Dispose();

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

    private Task<JsonObject> ReadAsync(string path, CancellationToken cancellationToken) => _channel.ReadAsync(HttpMethod.Get, path, null, cancellationToken);

    private Task<JsonObject> WriteAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken) =>
        _channel.WriteAsync(method, method == HttpMethod.Delete ? path : $"{path}?fieldManager={FieldManager}", body, cancellationToken);
}
