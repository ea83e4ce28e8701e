namespace Isthmus.Core.Endpoints;

/// <summary>Decides about each endpoint of one query for one proxy: rules 1, 3, 5, 6, 7 and 10.</summary>
internal sealed class EndpointRouter(EndpointQuery query, EndpointProxy proxy, GatewayView gateways)
{
    private readonly bool _mended = query.Compatibility == Compatibility.None;

    public EndpointRoute Route(MeshEndpoint endpoint)
    {
        if (LeaveOut(endpoint) is { } early) return new EndpointRoute(RouteKind.LeftOut, early);

        var (set, exists) = gateways.Find(endpoint.Network, endpoint.Cluster);
        var direct = Direct(endpoint, exists);
        if (endpoint.Address.Length == 0 && (direct is not null || set is null)) return new EndpointRoute(RouteKind.LeftOut, RouteReason.NoAddress);
        // What istiod 1.14 recorded: such an endpoint still makes a group, an empty one.
        if (!proxy.Sees(endpoint.Network)) return new EndpointRoute(_mended ? RouteKind.LeftOut : RouteKind.Dropped, RouteReason.OutsideNetworkView);
        if (direct is null && set is null) return new EndpointRoute(RouteKind.Dropped, RouteReason.NoReachableGateway);
        if ((direct is null || query.Cluster.IsSniDnat) && query.Mtls.Refusal(endpoint) is { } refusal) return new EndpointRoute(RouteKind.Dropped, refusal);
        if (direct is { } reason) return new EndpointRoute(RouteKind.Direct, reason);
        if (_mended && endpoint.Health == EndpointHealth.Unhealthy) return new EndpointRoute(RouteKind.Dropped, RouteReason.UnhealthyBehindGateway);
        return new EndpointRoute(RouteKind.Gateway, set is { OfCluster: true } ? RouteReason.ClusterGateways : RouteReason.NetworkGateways, set);
    }

    private RouteReason? LeaveOut(MeshEndpoint endpoint)
    {
        if (query.PortName is { } port && endpoint.PortName != port) return RouteReason.OtherPort;
        if (!LabelMatch.Includes(endpoint.Labels, query.SubsetLabels)) return RouteReason.OtherSubset;
        if (query.NodeLocal && endpoint.Node != proxy.Node) return RouteReason.OtherNode;
        if (query.ClusterLocal && endpoint.Cluster != proxy.Cluster) return RouteReason.OtherCluster;
        if (!endpoint.Discoverable && endpoint.Cluster != proxy.Cluster) return RouteReason.Undiscoverable;
        return endpoint.Health switch
        {
            EndpointHealth.Unhealthy when !query.SendsUnhealthy => RouteReason.Unhealthy,
            EndpointHealth.Terminating => RouteReason.Terminating,
            EndpointHealth.Draining when !query.KeepsSessions => RouteReason.Draining,
            _ => null,
        };
    }

    /// <summary>Rules 3 and 6: why an endpoint is reached directly, or null where it is not.</summary>
    private RouteReason? Direct(MeshEndpoint endpoint, bool gatewaysExist)
    {
        if (gateways.IsEmpty) return RouteReason.NoGatewayKnown;
        if (endpoint.Network.Length == 0) return RouteReason.EndpointWithoutNetwork;
        if (proxy.Network.Length == 0)
        {
            if (!gatewaysExist) return RouteReason.NetworkWithoutGateway;
            return query.Compatibility == Compatibility.Istio ? RouteReason.ProxyWithoutNetwork : null;
        }
        if (proxy.Network == endpoint.Network) return RouteReason.SameNetwork;
        return gatewaysExist ? null : RouteReason.NetworkWithoutGateway;
    }
}
