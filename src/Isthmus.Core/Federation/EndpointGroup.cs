using System.Collections.Immutable;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>
/// The endpoints of one exporter as an importer sees them. An exporter is a (control plane, network): endpoints of a flat network count
/// once. The importer's own are reached directly, by the Service's own name.
/// </summary>
internal sealed record EndpointGroup
{
    public required bool IsLocal { get; init; }

    public required ImmutableArray<GatewayAddress> Addresses { get; init; }

    /// <summary>How many addresses Envoy balances over: a host name draws its weight once for each address that it resolves to.</summary>
    public required int AddressCount { get; init; }

    public required int Ready { get; init; }

    public required string? Locality { get; init; }

    public required NetworkName Network { get; init; }

    public required bool IsDraining { get; init; }

    /// <summary>Whether calls cannot be served there now.</summary>
    public required bool IsLost { get; init; }

    public required LossPolicy OnLoss { get; init; }

    public required ImmutableArray<ClusterName> Clusters { get; init; }

    /// <summary>All that an importer could use, its own first; those without an address are left out.</summary>
    public static IReadOnlyList<EndpointGroup> All(
        MeshDocument mesh, MeshCluster importer, string realHost, IEnumerable<Exporter> visible, IReadOnlySet<GatewayAddress> down, Func<GatewayAddress, int> count) =>
    [
        .. visible
            .Select(exporter => (Exporter: exporter, Cluster: mesh.Find(exporter.Cluster)))
            .Where(pair => pair.Cluster is not null)
            .Select(pair => (pair.Exporter, Cluster: pair.Cluster ?? importer))
            .GroupBy(pair => pair.Cluster.ControlPlane == importer.Name ? (importer.Name, default) : (pair.Cluster.ControlPlane, pair.Cluster.Network))
            .Select(members => Of(importer, realHost, [.. members], down, count))
            .Where(group => !group.Addresses.IsEmpty)
            .OrderBy(group => !group.IsLocal).ThenBy(group => group.Addresses[0]),
    ];

    private static EndpointGroup Of(
        MeshCluster importer, string realHost, IReadOnlyList<(Exporter Exporter, MeshCluster Cluster)> members, IReadOnlySet<GatewayAddress> down, Func<GatewayAddress, int> count)
    {
        var isLocal = members[0].Cluster.ControlPlane == importer.Name;
        var ready = members.Sum(member => member.Exporter.Ready);
        var addresses = isLocal
            ? [new GatewayAddress(realHost, 0)]
            : Reachable(importer, members.SelectMany(member => member.Exporter.Gateways).Distinct().Order().ToImmutableArray());
        // The most careful of them: several clusters of one network stand behind the same endpoints.
        var onLoss = members.Any(member => member.Exporter.Policy.OnLoss == LossPolicy.Keep) ? LossPolicy.Keep : members[0].Exporter.Policy.OnLoss;
        var isDead = !isLocal && !addresses.IsEmpty && addresses.All(down.Contains);
        if (!isDead && onLoss != LossPolicy.Keep)
            addresses = [.. addresses.Where(address => !down.Contains(address))];
        return new EndpointGroup
        {
            IsLocal = isLocal,
            Addresses = addresses,
            AddressCount = isLocal ? 1 : addresses.Sum(count),
            Ready = ready,
            Locality = isLocal ? importer.Locality : members[0].Cluster.Locality,
            Network = isLocal ? importer.Network : members[0].Cluster.Network,
            IsDraining = members.All(member => member.Cluster.Draining),
            IsLost = isDead || ready == 0,
            OnLoss = onLoss,
            Clusters = [.. members.Select(member => member.Cluster.Name)],
        };
    }

    /// <summary>Of a gateway with addresses of both families, those that the importer's pods can reach: IPv4 unless they have IPv6 only.</summary>
    internal static ImmutableArray<GatewayAddress> Reachable(MeshCluster importer, ImmutableArray<GatewayAddress> addresses)
    {
        var hasIpv6Only = !importer.PodCidrs.IsEmpty && importer.PodCidrs.All(range => range.BaseAddress.GetAddressBytes().Length == 16);
        var reachable = addresses.Where(address => address.IsName || address.IsIpv6 == hasIpv6Only).ToImmutableArray();
        return reachable.IsEmpty ? addresses : reachable;
    }
}
