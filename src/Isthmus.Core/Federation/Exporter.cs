using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>One cluster's offer of one service.</summary>
internal sealed class Exporter
{
    public required ClusterName Cluster { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required ImmutableArray<ServicePort> Ports { get; init; }

    /// <summary>The last labels of the cluster's own names; they are part of the SNI.</summary>
    public required string ClusterDomain { get; init; }

    /// <summary>Whether clients of the Service's own cluster get the pods' addresses, not the Service's.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>The pods with names of their own; of a headless service only.</summary>
    public ImmutableArray<ExportedPod> Pods { get; init; } = [];

    public required ImmutableArray<GatewayAddress> Gateways { get; init; }

    public required ImmutableSortedSet<string> ServiceAccounts { get; init; }

    /// <summary>The trust domain that the identities of its pods stand under.</summary>
    public required string TrustDomain { get; init; }

    /// <summary>How many endpoints are ready behind the gateway; 0 also where nobody knows.</summary>
    public required int Ready { get; init; }

    /// <summary>The clusters that may import; null: all.</summary>
    public required ImmutableSortedSet<string>? ExportTo { get; init; }

    /// <summary>What a ServiceExport gives the imports; null where the export is by label alone.</summary>
    public ExportedMetadata? Metadata { get; init; }

    /// <summary>What its user's annotations ask for.</summary>
    public ExportPolicy Policy { get; init; } = ExportPolicy.Default;

    /// <summary>The SPIFFE identities of the pods behind the service.</summary>
    public IEnumerable<string> Identities(ServiceName name) =>
        ServiceAccounts.Select(account => $"spiffe://{TrustDomain}/ns/{name.Namespace}/sa/{account}");

    /// <summary>Whether a cluster served by a control plane may see the name. An exporter always sees its own.</summary>
    public bool IsVisibleTo(ClusterName cluster) => cluster == Cluster || ExportTo is null || ExportTo.Contains(cluster.Value);

    /// <summary>Whether two offers can stand behind one name: one SNI and one set of ports serve all endpoints.</summary>
    public bool Agrees(Exporter other) => Differences(other).IsEmpty;

    /// <summary>In what this offer differs from the one that holds, with Kubernetes' own reasons where it has them.</summary>
    public ImmutableArray<ExportFault> Differences(Exporter holder)
    {
        var differences = ImmutableArray.CreateBuilder<ExportFault>();
        if (IsHeadless != holder.IsHeadless)
            differences.Add(new ExportFault("TypeConflict", IsHeadless ? "its type is headless and not ClusterIP" : "its type is ClusterIP and not headless"));
        if (ClusterDomain != holder.ClusterDomain)
            differences.Add(new ExportFault("ClusterDomainConflict", $"its cluster domain is {ClusterDomain} and not {holder.ClusterDomain}"));
        if (!Ports.Select(port => (port.Number, port.Protocol)).SequenceEqual(holder.Ports.Select(port => (port.Number, port.Protocol))))
            differences.Add(new ExportFault("PortConflict", $"its ports are {Text(Ports)} and not {Text(holder.Ports)}"));
        return differences.ToImmutable();
    }

    private static string Text(IEnumerable<ServicePort> ports) => string.Join(", ", ports);
}
