using Isthmus.Core.Endpoints;

namespace Isthmus.Cli.Endpoints;

/// <summary>What a user asks of live clusters: a host, and the proxy that would ask for it.</summary>
internal sealed record LiveRequest
{
    public required string Mesh { get; init; }

    /// <summary>As written: <c>NAME.NAMESPACE</c>, a full host, or Envoy's cluster name.</summary>
    public required string Host { get; init; }

    public int? Port { get; init; }

    public string? Subset { get; init; }

    public required string Cluster { get; init; }

    /// <summary><c>NAMESPACE/POD</c>; null: only cluster and network are known of the proxy.</summary>
    public string? Proxy { get; init; }

    public Compatibility Compatibility { get; init; }

    public bool Explain { get; init; }
}
