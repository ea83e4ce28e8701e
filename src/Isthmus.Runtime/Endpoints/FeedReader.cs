using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Lists and watches what a feed follows.</summary>
internal sealed class FeedReader(FeedKey key, Func<CancellationToken, Task<ClusterApi>> connect, TimeProvider time)
{
    private const int PageSize = 1000;
    private const int WatchSeconds = 290;

    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(10);

    // Servers end a watch themselves; one that is silent past its end is a dead connection.
    private static readonly TimeSpan WatchPatience = TimeSpan.FromSeconds(WatchSeconds + 20);

    /// <summary>All objects by namespace and name, and the version that a watch goes on from. A kind that is not served has none.</summary>
    public async Task<(Dictionary<string, JsonObject> Objects, string Version)> ListAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(ListPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await PagesAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnreachableException(key.Cluster, $"{key}: no answer within {ListPatience.TotalSeconds:0} s", silence);
        }
    }

    public async IAsyncEnumerable<FeedChange> WatchAsync(string version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(WatchPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var path = $"{Path()}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}&resourceVersion={Uri.EscapeDataString(version)}{Selector()}";
        var api = await connect(both.Token).ConfigureAwait(false);
        using var response = await api.OpenAsync(path, FeedForm.AcceptWatch(key.Kind), both.Token).ConfigureAwait(false);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false), Encoding.UTF8);
        while (await lines.ReadLineAsync(both.Token).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
                yield return Read(line);
        }
    }

    private async Task<(Dictionary<string, JsonObject>, string)> PagesAsync(CancellationToken cancellationToken)
    {
        var objects = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        var (next, version, more) = ("", "", true);
        while (more)
        {
            var path = $"{Path()}?limit={PageSize}{Selector()}{(next.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(next)}")}";
            JsonObject page;
            try
            {
                page = await PageAsync(path, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterApiException refusal) when (refusal.Status == 410 && next.Length > 0)
            {
                // The continue token expired: a list is only consistent as a whole, so it starts again.
                objects.Clear();
                next = "";
                continue;
            }
            catch (ClusterApiException refusal) when (refusal.Status == 404 && next.Length == 0)
            {
                return ([], "");
            }

            foreach (var item in (page["items"] as JsonArray ?? []).OfType<JsonObject>())
                objects[NameOf(item)] = FeedForm.Keep(key.Kind, item);
            var metadata = page["metadata"] as JsonObject;
            version = ObjectMetadata.TextOf(metadata?["resourceVersion"]) ?? "";
            next = ObjectMetadata.TextOf(metadata?["continue"]) ?? "";
            more = next.Length > 0;
        }

        return (objects, version);
    }

    private async Task<JsonObject> PageAsync(string path, CancellationToken cancellationToken)
    {
        var api = await connect(cancellationToken).ConfigureAwait(false);
        using var response = await api.OpenAsync(path, FeedForm.AcceptList(key.Kind), cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await JsonNode.ParseAsync(body, cancellationToken: cancellationToken).ConfigureAwait(false) as JsonObject
            ?? throw new JsonException("the list is no JSON object");
    }

    private FeedChange Read(string line)
    {
        var change = JsonNode.Parse(line) as JsonObject ?? throw new JsonException("the watch event is no JSON object");
        var type = ObjectMetadata.TextOf(change["type"]) ?? "";
        var obj = change["object"] as JsonObject ?? [];
        return type is FeedChange.Bookmark or FeedChange.Error
            ? new FeedChange(type, "", null, obj.ResourceVersion())
            : new FeedChange(type, NameOf(obj), FeedForm.Keep(key.Kind, obj), obj.ResourceVersion());
    }

    private static string NameOf(JsonObject obj) => $"{obj.NamespaceName()}/{obj.Name()}";

    private string Path() => key.Kind.Path(key.Namespace, null);

    private string Selector() => key.Name is null ? "" : $"&fieldSelector={Uri.EscapeDataString($"metadata.name={key.Name}")}";
}
