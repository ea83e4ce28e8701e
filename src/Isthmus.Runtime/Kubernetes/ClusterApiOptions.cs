using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>How long a cluster may take. An event run has 25 s in all, so one silent cluster must give up well before.</summary>
public sealed record ClusterApiOptions
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For one attempt of one request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Reads that fail in transit are tried again; writes are not, because they may have landed.</summary>
    public int ReadRetries { get; init; } = 2;

    /// <summary>What stands between us and a cluster: telemetry, or the faults of tests. One for each connection.</summary>
    public Func<ClusterName, DelegatingHandler>? Handler { get; init; }
}
