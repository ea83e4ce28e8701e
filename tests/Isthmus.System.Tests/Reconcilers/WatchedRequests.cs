using System.Collections.Concurrent;
using Isthmus.Core.Mesh;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>What goes from a runner to its clusters: counted, and cut or held where a test says so.</summary>
internal sealed class WatchedRequests
{
    private readonly ConcurrentQueue<(ClusterName Cluster, HttpMethod Method, string Path)> _sent = new();
    private int _writes;

    /// <summary>After this many writes the runner dies: the write lands, and nothing follows it.</summary>
    public int? DiesAfterWrites { get; init; }

    /// <summary>Runs before a request is sent.</summary>
    public Func<ClusterName, HttpRequestMessage, Task>? Before { get; init; }

    /// <summary>Answers in the cluster's place; null lets the request through.</summary>
    public Func<ClusterName, HttpRequestMessage, HttpResponseMessage?>? Answer { get; init; }

    public int Writes => Volatile.Read(ref _writes);

    public IReadOnlyList<string> Sent => [.. _sent.Select(request => $"{request.Cluster} {request.Method} {request.Path}")];

    public DelegatingHandler Handler(ClusterName cluster) => new Tap(this, cluster);

    private sealed class Tap(WatchedRequests watched, ClusterName cluster) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (watched.Before is { } before)
                await before(cluster, request);
            watched._sent.Enqueue((cluster, request.Method, request.RequestUri?.PathAndQuery ?? ""));
            var isWrite = request.Method != HttpMethod.Get;
            var number = isWrite ? Interlocked.Increment(ref watched._writes) : watched.Writes;
            if (number > watched.DiesAfterWrites)
                throw new RunnerDiedException();
            if (watched.Answer?.Invoke(cluster, request) is { } answer)
                return answer;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>The runner's process is gone. No code catches this, as none could catch that.</summary>
internal sealed class RunnerDiedException : Exception;
