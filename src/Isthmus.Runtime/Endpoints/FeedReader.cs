using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>Lists and watches what a feed follows.</summary>
internal sealed class FeedReader<T>(FeedKey key, FeedForm<T> form, Func<CancellationToken, Task<ClusterApi>> connect, TimeProvider time)
    where T : class
{
    private const int PageSize = 1000;
    private const int WatchSeconds = 290;

    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(10);

    // Servers end a watch themselves; one that is silent past its end is a dead connection.
    private static readonly TimeSpan WatchPatience = TimeSpan.FromSeconds(WatchSeconds + 20);

    /// <summary>All objects by namespace and name, and the version that a watch goes on from. A kind that is not served has none.</summary>
    public async Task<(Dictionary<string, T> Objects, string Version)> ListAsync(CancellationToken cancellationToken)
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

    public async IAsyncEnumerable<FeedChange<T>> WatchAsync(string version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(WatchPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var path = $"{Path()}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}&resourceVersion={Uri.EscapeDataString(version)}{Selector()}";
        var api = await connect(both.Token).ConfigureAwait(false);
        using var response = await api.OpenAsync(path, form.AcceptWatch, both.Token).ConfigureAwait(false);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false), Encoding.UTF8);
        while (await lines.ReadLineAsync(both.Token).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
                yield return Read(line);
        }
    }

    private async Task<(Dictionary<string, T>, string)> PagesAsync(CancellationToken cancellationToken)
    {
        var objects = new Dictionary<string, T>(StringComparer.Ordinal);
        var (next, version, more) = ("", "", true);
        while (more)
        {
            var path = $"{Path()}?limit={PageSize}{Selector()}{(next.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(next)}")}";
            JsonDocument page;
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

            using (page)
            {
                foreach (var item in Items(page.RootElement))
                    objects[NameOf(item)] = form.Read(item);
                version = Metadata(page.RootElement, "resourceVersion");
                next = Metadata(page.RootElement, "continue");
                more = next.Length > 0;
            }
        }

        return (objects, version);
    }

    private async Task<JsonDocument> PageAsync(string path, CancellationToken cancellationToken)
    {
        var api = await connect(cancellationToken).ConfigureAwait(false);
        using var response = await api.OpenAsync(path, form.AcceptList, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private FeedChange<T> Read(string line)
    {
        using var change = JsonDocument.Parse(line);
        var type = change.RootElement.TryGetProperty("type", out var value) ? value.GetString() ?? "" : "";
        if (!change.RootElement.TryGetProperty("object", out var obj) || obj.ValueKind != JsonValueKind.Object)
            throw new JsonException("the watch event has no object");
        return type is FeedChange.Bookmark or FeedChange.Error
            ? new FeedChange<T>(type, "", null, Metadata(obj, "resourceVersion"))
            : new FeedChange<T>(type, NameOf(obj), form.Read(obj), Metadata(obj, "resourceVersion"));
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement page) =>
        page.ValueKind == JsonValueKind.Object && page.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string NameOf(JsonElement obj) => $"{Metadata(obj, "namespace")}/{Metadata(obj, "name")}";

    private static string Metadata(JsonElement obj, string member) =>
        obj.ValueKind == JsonValueKind.Object && obj.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private string Path() => key.Kind.Path(key.Namespace, null);

    private string Selector() => key.Name is null ? "" : $"&fieldSelector={Uri.EscapeDataString($"metadata.name={key.Name}")}";
}
