using System.Diagnostics;

namespace Isthmus.Core.Endpoints;

/// <summary>Reasons in words, with the number of Istio's rule in the documentation (docs/decisions/0012).</summary>
public static class RouteReasons
{
    public static string Describe(this RouteReason reason) => reason switch
    {
        RouteReason.OtherPort => "serves another port of the service",
        RouteReason.OtherSubset => "lacks the subset's labels",
        RouteReason.OtherNode => "rule 1: the service is local to a node, and this is another",
        RouteReason.OtherCluster => "rule 1: the service is local to a cluster, and this is another",
        RouteReason.Undiscoverable => "rule 1: it may not be discovered from other clusters",
        RouteReason.OutsideNetworkView => "rule 1: its network is outside the proxy's requested network view",
        RouteReason.NoAddress => "rule 1: it has no address, and no gateway leads to it",
        RouteReason.Unhealthy => "rule 1: unhealthy",
        RouteReason.Terminating => "rule 1: terminating",
        RouteReason.Draining => "rule 1: draining, and the service keeps no sessions",
        RouteReason.NoGatewayKnown => "rule 3: no gateway is known",
        RouteReason.SameNetwork => "rule 6: on the proxy's network",
        RouteReason.ProxyWithoutNetwork => "rule 6: the proxy has no network",
        RouteReason.EndpointWithoutNetwork => "rule 6: it has no network",
        RouteReason.NetworkWithoutGateway => "rule 6: its network has no gateway",
        RouteReason.NoReachableGateway => "rule 6: its network has gateways, but this proxy can use none of them (IP family, port 0 or a name that does not resolve)",
        RouteReason.MtlsDisabled => "rule 7: mutual TLS is off, and only that passes a gateway",
        RouteReason.DestinationRuleNotMutual => "rule 7: the DestinationRule's TLS mode is not ISTIO_MUTUAL, and only that passes a gateway",
        RouteReason.EndpointWithoutMtls => "rule 7: its label security.istio.io/tlsMode is not istio (no sidecar), and only mutual TLS passes a gateway",
        RouteReason.PeerAuthenticationDisabled => "rule 7: a PeerAuthentication says DISABLE for its port, and only mutual TLS passes a gateway",
        RouteReason.UnhealthyBehindGateway => "unhealthy, so it gives its gateway no weight (istio#40568)",
        RouteReason.ClusterGateways => "rule 5: by the gateways of its cluster",
        RouteReason.NetworkGateways => "rule 5: by the gateways of its network, since its cluster has none of its own",
        _ => throw new UnreachableException(),
    };
}
