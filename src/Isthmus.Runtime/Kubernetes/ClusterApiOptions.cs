using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>How long a cluster may take. An event run has 25 s in all, so one silent cluster must give up well before.</summary>
public sealed record ClusterApiOptions
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For one attempt of one request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Reads that fail in transit are tried again; writes are not, because they may have landed. Both are where the server was too busy to take them (429).
    /// </summary>
    public int Retries { get; init; } = 2;

    /// <summary>How long a server's Retry-After may be to be waited for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What stands between us and a cluster: telemetry, or the faults of tests. One for each connection.</summary>
    public Func<ClusterName, DelegatingHandler>? Handler { get; init; }
}
