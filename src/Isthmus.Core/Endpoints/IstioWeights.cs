using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>Rules 4, 8 and 9 as istiod does them: each gateway once for each locality, sums that wrap at 2^32.</summary>
internal static class IstioWeights
{
    public static uint Scale(uint weight, ulong factor) => (uint)Math.Min(weight * factor, uint.MaxValue);

    public static ImmutableArray<LocalityGroup> Groups(List<LocalityLoad> loads, IReadOnlyList<GatewaySet> sets) => [.. loads.Select(load => Group(load, sets))];

    private static LocalityGroup Group(LocalityLoad load, IReadOnlyList<GatewaySet> sets)
    {
        var weights = new SortedDictionary<NetworkGateway, uint>(Comparer<NetworkGateway>.Create(NetworkGateway.Compare));
        foreach (var set in sets)
            if (load.Behind(set.Index) is > 0 and var share)
                foreach (var gateway in set.Gateways) weights[gateway] = unchecked(weights.GetValueOrDefault(gateway) + (uint)share);

        var endpoints = ImmutableArray.CreateBuilder<AssignedEndpoint>(load.Direct.Count + weights.Count);
        endpoints.AddRange(load.DirectSpan);
        foreach (var (gateway, weight) in weights) endpoints.Add(new AssignedEndpoint(gateway, weight));
        var sum = 0u;
        foreach (var endpoint in endpoints) sum = unchecked(sum + endpoint.Weight);
        return new LocalityGroup(load.Locality, 0, sum, endpoints.MoveToImmutable());
    }
}
