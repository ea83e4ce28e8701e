namespace Isthmus.Core.Endpoints;

/// <summary>The rule that decided about one endpoint.</summary>
public enum RouteReason
{
    OtherPort,
    OtherSubset,
    OtherNode,
    OtherCluster,
    Undiscoverable,
    OutsideNetworkView,
    NoAddress,
    Unhealthy,
    Terminating,
    Draining,
    NoGatewayKnown,
    SameNetwork,
    ProxyWithoutNetwork,
    EndpointWithoutNetwork,
    NetworkWithoutGateway,
    NoReachableGateway,
    MtlsDisabled,
    DestinationRuleNotMutual,
    EndpointWithoutMtls,
    PeerAuthenticationDisabled,
    UnhealthyBehindGateway,
    ClusterGateways,
    NetworkGateways,
}
