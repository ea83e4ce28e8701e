using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Runtime.Kubernetes;
using k8s.Exceptions;

namespace Isthmus.Runtime.Endpoints;

/// <summary>
/// Some objects of one cluster, listed once and followed by a watch for as long as somebody asks for them. What was seen last stays while the cluster is
/// silent. Where it lets nobody watch, it is listed again and again.
/// </summary>
internal sealed class ObjectFeed
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly FeedReader _reader;
    private readonly FeedClock _clock;
    private readonly Dictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _refresh;
    private IReadOnlyList<JsonObject>? _snapshot;
    private long _used;

    public ObjectFeed(FeedReader reader, FeedClock clock)
    {
        (_reader, _clock) = (reader, clock);
        Began = clock.Time.GetUtcNow();
        Touch();
    }

    /// <summary>When the first try began.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>Done when the objects were listed, or could not be, for the first time.</summary>
    public Task First => _first.Task;

    /// <summary>Whether the objects were listed ever.</summary>
    public bool IsListed { get; private set; }

    /// <summary>Whether it ended because nobody asked any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why the cluster was silent last; null while it is not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The count of the last change.</summary>
    public long Version { get; private set; }

    /// <summary>As they are now, in no order.</summary>
    public IReadOnlyList<JsonObject> Objects
    {
        get
        {
            lock (_lock)
                return _snapshot ??= [.. _objects.Values];
        }
    }

    /// <summary>Where it follows one object: that object.</summary>
    public JsonObject? Only => Objects is [var only, ..] ? only : null;

    /// <summary>One of them by <c>NAMESPACE/NAME</c>; the first part is empty for kinds without one.</summary>
    public JsonObject? Find(string name)
    {
        lock (_lock)
            return _objects.GetValueOrDefault(name);
    }

    public void Touch() => Interlocked.Exchange(ref _used, _clock.Time.GetTimestamp());

    /// <summary>Looks again now: something is said to have changed. What is known stays until then.</summary>
    public void Refresh() => Volatile.Read(ref _refresh)?.Invoke();

    /// <summary>Follows the objects until nobody asks any more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await FollowAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            IsOver = true;
            _first.TrySetResult();
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        string? version = null;
        var failures = 0;
        while (!stop.IsCancellationRequested && _clock.Time.GetElapsedTime(Interlocked.Read(ref _used)) < _clock.Idle)
        {
            var watch = new CancellationTokenSource();
            Volatile.Write(ref _refresh, watch.Cancel);
            try
            {
                version ??= await ListAsync(stop).ConfigureAwait(false);
                Failure = null;
                _first.TrySetResult();
                using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, watch.Token);
                var start = _clock.Time.GetTimestamp();
                version = await WatchAsync(version, both.Token).ConfigureAwait(false);
                // A server that ends every watch at once is not asked without end.
                failures = version is null || _clock.Time.GetElapsedTime(start) < ShortestWatch ? failures + 1 : 0;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Asked to look again, or no word for too long.
                (version, failures) = (null, 0);
            }
            catch (Exception fault) when (IsOfCluster(fault))
            {
                // A stream that breaks is taken up where it was; whatever is refused is begun anew.
                version = fault is ClusterApiException ? null : version;
                Failure = fault.GetBaseException().Message;
                _first.TrySetResult();
                failures++;
            }

            if (failures > 0)
                await DelayAsync(failures, stop).ConfigureAwait(false);
        }
    }

    private static bool IsOfCluster(Exception fault) => fault is ClusterApiException or ClusterUnreachableException or HttpRequestException or IOException
        or SocketException or AuthenticationException or KubernetesClientException or JsonException or OperationCanceledException;

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var (objects, version) = await _reader.ListAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var isSame = IsListed && objects.Count == _objects.Count && objects.All(entry => _objects.TryGetValue(entry.Key, out var known) && JsonNode.DeepEquals(known, entry.Value));
            if (!isSame)
            {
                _objects.Clear();
                foreach (var (name, obj) in objects)
                    _objects[name] = obj;
                Change();
            }

            IsListed = true;
        }

        return version;
    }

    /// <summary>Where the next watch goes on; null where only a new list helps.</summary>
    private async Task<string?> WatchAsync(string version, CancellationToken cancellationToken)
    {
        await foreach (var change in _reader.WatchAsync(version, cancellationToken).ConfigureAwait(false))
        {
            if (change.Type == FeedChange.Error)
                return null;
            version = change.Version ?? version;
            if (change.Object is { } obj)
                Apply(change.Name, change.Type == FeedChange.Deleted ? null : obj);
        }

        return version;
    }

    private void Apply(string name, JsonObject? obj)
    {
        lock (_lock)
        {
            var known = _objects.GetValueOrDefault(name);
            // Heartbeats and statuses change objects all the time, and nothing that is kept of them.
            if (JsonNode.DeepEquals(known, obj))
                return;
            if (obj is null)
                _objects.Remove(name);
            else
                _objects[name] = obj;
            Change();
        }
    }

    private void Change()
    {
        _snapshot = null;
        Version = _clock.Next();
    }

    private async Task DelayAsync(int failures, CancellationToken stop)
    {
        var seconds = Math.Min(Math.Pow(2, Math.Min(failures - 1, 10)), LongestDelay.TotalSeconds);
        await Task.Delay(TimeSpan.FromSeconds(seconds), _clock.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
