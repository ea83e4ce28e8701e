using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Split horizon: what one proxy gets for one service port. Endpoints that it reaches stand for themselves, all others are the weight of the
/// gateways in front of them. By Istio's rules; where Istio is known to be wrong, right unless <see cref="Compatibility"/> asks for Istio's answer.
/// </summary>
public static class SplitHorizon
{
    public static LoadAssignment Assign(EndpointQuery query, IReadOnlyList<MeshEndpoint> endpoints, GatewayTable gateways, EndpointProxy proxy)
    {
        var view = new GatewayView(gateways, proxy, query.ResolvesNames);
        var loads = Gather(query, endpoints, new EndpointRouter(query, proxy, view), gateways.ScaleFactor);
        // By label, rule 2.
        loads.Sort(static (left, right) => string.CompareOrdinal(left.Locality, right.Locality));
        var groups = query.Compatibility == Compatibility.None ? FairWeights.Groups(loads, view.Sets) : IstioWeights.Groups(loads, view.Sets);
        return new LoadAssignment(query.Cluster, query.Failover?.Prioritise(groups, proxy) ?? groups);
    }

    /// <summary>What becomes of each endpoint and why, in the order given.</summary>
    public static ImmutableArray<EndpointRoute> Explain(
        EndpointQuery query, IReadOnlyList<MeshEndpoint> endpoints, GatewayTable gateways, EndpointProxy proxy)
    {
        var router = new EndpointRouter(query, proxy, new GatewayView(gateways, proxy, query.ResolvesNames));
        return [.. endpoints.Select(router.Route)];
    }

    private static List<LocalityLoad> Gather(EndpointQuery query, IReadOnlyList<MeshEndpoint> endpoints, EndpointRouter router, ulong scale)
    {
        var loads = new List<LocalityLoad>();
        var byLabel = new Dictionary<string, LocalityLoad>(StringComparer.Ordinal);
        var istio = query.Compatibility != Compatibility.None;
        var labels = istio ? [] : query.Failover?.WorkloadLabels ?? [];
        LocalityLoad? load = null;
        for (var i = 0; i < endpoints.Count; i++)
        {
            var endpoint = endpoints[i];
            var route = router.Route(endpoint);
            if (route.Kind == RouteKind.LeftOut) continue;
            if (load is null || !ReferenceEquals(load.Locality, endpoint.Locality) && load.Locality != endpoint.Locality)
            {
                if (!byLabel.TryGetValue(endpoint.Locality, out load))
                {
                    load = new LocalityLoad(endpoint.Locality);
                    byLabel.Add(endpoint.Locality, load);
                    loads.Add(load);
                }
            }
            var weight = istio ? IstioWeights.Scale(endpoint.EffectiveWeight, scale) : endpoint.EffectiveWeight;
            if (route.Kind == RouteKind.Direct)
                load.Direct.Add(new AssignedEndpoint(endpoint, weight, endpoint.TlsMode == MeshEndpoint.IstioTls && query.Mtls.Refusal(endpoint) is null));
            if (route.Gateways is not { } set) continue;
            load.AddBehind(set.Index, istio ? weight / (uint)set.Gateways.Length : weight);
            if (labels.IsEmpty) continue;
            if (!load.Labels.TryGetValue(set.Index, out var shared)) load.Labels.Add(set.Index, shared = new SharedLabels(labels));
            shared.Add(endpoint.Labels);
        }
        return loads;
    }
}
