using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>The gateways that one proxy can use towards the endpoints of one (network, cluster), in Istio's order. Never empty in an answer.</summary>
public sealed class GatewaySet
{
    internal GatewaySet(int index, ImmutableArray<NetworkGateway> gateways, bool ofCluster) => (Index, Gateways, OfCluster) = (index, gateways, ofCluster);

    /// <summary>Counts the sets of one <see cref="GatewayView"/>, so that weights can be added up in an array.</summary>
    internal int Index { get; }

    public ImmutableArray<NetworkGateway> Gateways { get; }

    /// <summary>True where the cluster has gateways of its own; false where they are its network's.</summary>
    public bool OfCluster { get; }
}
