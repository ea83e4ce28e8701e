using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Isthmus.Runtime.Kubernetes;
using k8s.Exceptions;

namespace Isthmus.Runtime.Endpoints;

/// <summary>
/// Some objects of one cluster, listed once and followed by a watch for as long as somebody asks for them. What was seen last stays while the cluster is
/// silent. Where it lets nobody watch, it is listed again and again.
/// </summary>
internal abstract class Feed
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly FeedClock _clock;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _refresh;
    private long _used;

    protected Feed(FeedClock clock)
    {
        _clock = clock;
        Began = clock.Time.GetUtcNow();
        Touch();
    }

    /// <summary>When the first try began.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>Done when the objects were listed, or could not be, for the first time.</summary>
    public Task First => _first.Task;

    /// <summary>Whether the objects were listed ever.</summary>
    public bool IsListed { get; protected set; }

    /// <summary>Whether it ended because nobody asked any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why the cluster was silent last; null while it is not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The count of the last change.</summary>
    public long Version { get; private set; }

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

    /// <summary>Reads all objects; gives the version that a watch goes on from.</summary>
    protected abstract Task<string> ListAsync(CancellationToken cancellationToken);

    /// <summary>Where the next watch goes on; null where only a new list helps.</summary>
    protected abstract Task<string?> WatchAsync(string version, CancellationToken cancellationToken);

    protected void Change() => Version = _clock.Next();

    private async Task DelayAsync(int failures, CancellationToken stop)
    {
        var seconds = Math.Min(Math.Pow(2, Math.Min(failures - 1, 10)), LongestDelay.TotalSeconds);
        await Task.Delay(TimeSpan.FromSeconds(seconds), _clock.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
