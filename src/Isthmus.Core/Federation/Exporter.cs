using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>One cluster's offer of one service.</summary>
internal sealed class Exporter
{
    public required ClusterName Cluster { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required ImmutableArray<ServicePort> Ports { get; init; }

    public required ImmutableArray<GatewayAddress> Gateways { get; init; }

    public required ImmutableSortedSet<string> ServiceAccounts { get; init; }

    /// <summary>The trust domain that the identities of its pods stand under.</summary>
    public required string TrustDomain { get; init; }

    /// <summary>How many endpoints are ready behind the gateway; 0 also where nobody knows.</summary>
    public required int Ready { get; init; }

    /// <summary>The clusters that may import; null: all.</summary>
    public required ImmutableSortedSet<string>? ExportTo { get; init; }

    /// <summary>What its user's annotations ask for.</summary>
    public ExportPolicy Policy { get; init; } = ExportPolicy.Default;

    /// <summary>The SPIFFE identities of the pods behind the service.</summary>
    public IEnumerable<string> Identities(ServiceName name) =>
        ServiceAccounts.Select(account => $"spiffe://{TrustDomain}/ns/{name.Namespace}/sa/{account}");

    /// <summary>Whether a cluster served by a control plane may see the name. An exporter always sees its own.</summary>
    public bool IsVisibleTo(ClusterName cluster) => cluster == Cluster || ExportTo is null || ExportTo.Contains(cluster.Value);

    /// <summary>Whether two offers can stand behind one name: one SNI and one set of ports serve all endpoints.</summary>
    public bool Agrees(Exporter other) =>
        Ports.Select(port => (port.Number, port.Protocol)).SequenceEqual(other.Ports.Select(port => (port.Number, port.Protocol)));
}
