using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Weights by which each cluster draws its share. Envoy keeps one host of each address in a cluster, so a gateway stands once, with the weight of all
/// localities behind it (istio#56355), in the locality where most of that weight lies. Divisions give their remainder to the first gateways
/// instead of losing it.
/// </summary>
internal static class FairWeights
{
    public static ImmutableArray<LocalityGroup> Groups(List<LocalityLoad> loads, IReadOnlyList<GatewaySet> sets)
    {
        var scale = Scale(loads, sets);
        var gateways = Gateways(loads, sets, scale);
        var groups = ImmutableArray.CreateBuilder<LocalityGroup>(loads.Count);
        for (var i = 0; i < loads.Count; i++)
        {
            if (Group(loads[i], gateways.Where(gateway => gateway.Home == i), scale) is { HasWeight: true } group) groups.Add(group);
        }
        return groups.ToImmutable();
    }

    private static FairScale Scale(List<LocalityLoad> loads, IReadOnlyList<GatewaySet> sets)
    {
        var (total, addresses, wanted) = ((UInt128)0, 0, 1ul);
        foreach (var load in loads)
        {
            foreach (ref readonly var endpoint in load.DirectSpan) total += endpoint.Weight;
            addresses += load.Direct.Count;
        }
        foreach (var set in sets)
        {
            if (Behind(loads, set) is not (> 0 and var behind)) continue;
            total += behind;
            addresses += set.Gateways.Length;
            wanted = GatewayTable.LeastCommonMultiple(wanted, (ulong)set.Gateways.Length);
        }
        return FairScale.For(total, addresses, wanted);
    }

    /// <summary>The gateways in Istio's order, each with its weight and the index of the locality where it stands.</summary>
    private static List<(AssignedEndpoint Endpoint, int Home)> Gateways(List<LocalityLoad> loads, IReadOnlyList<GatewaySet> sets, FairScale scale)
    {
        // By what Envoy tells hosts apart.
        var weights = new SortedDictionary<NetworkGateway, ulong[]>(Comparer<NetworkGateway>.Create(CompareAddress));
        foreach (var set in sets)
        {
            var total = scale.Of(Behind(loads, set));
            if (total == 0) continue;
            var (share, remainder) = Math.DivRem(total, (ulong)set.Gateways.Length);
            for (var i = 0; i < set.Gateways.Length; i++)
            {
                if (!weights.TryGetValue(set.Gateways[i], out var gathered)) weights.Add(set.Gateways[i], gathered = new ulong[loads.Count + 1]);
                gathered[^1] += share + ((ulong)i < remainder ? 1u : 0u);
                for (var at = 0; at < loads.Count; at++) gathered[at] += loads[at].Behind(set.Index);
            }
        }
        return [.. weights.Where(entry => entry.Value[^1] > 0)
            .Select(entry => (new AssignedEndpoint(entry.Key, (uint)entry.Value[^1], Labels(entry.Key, loads, sets)), Home(entry.Value)))];
    }

    /// <summary>What everything behind this gateway has in common, in whatever locality and by whichever set it is reached.</summary>
    private static Dictionary<string, string>? Labels(NetworkGateway gateway, List<LocalityLoad> loads, IReadOnlyList<GatewaySet> sets)
    {
        if (loads.TrueForAll(load => load.Labels.Count == 0)) return null;
        var parts = sets.Where(set => set.Gateways.Any(other => CompareAddress(gateway, other) == 0))
            .SelectMany(set => loads.Where(load => load.Labels.ContainsKey(set.Index)).Select(load => load.Labels[set.Index].Common)).ToList();
        return parts[0].Where(label => parts.TrueForAll(part => part.TryGetValue(label.Key, out var value) && value == label.Value)).ToDictionary();
    }

    private static int Home(ulong[] gathered)
    {
        var home = 0;
        for (var at = 1; at < gathered.Length - 1; at++)
            if (gathered[at] > gathered[home]) home = at;
        return home;
    }

    private static ulong Behind(List<LocalityLoad> loads, GatewaySet set)
    {
        var total = 0ul;
        foreach (var load in loads) total += load.Behind(set.Index);
        return total;
    }

    private static int CompareAddress(NetworkGateway left, NetworkGateway right)
    {
        var order = string.CompareOrdinal(left.Address, right.Address);
        return order != 0 ? order : left.Port.CompareTo(right.Port);
    }

    /// <summary>An unhealthy endpoint stands in the list but draws nothing, so the group's weight does not count it.</summary>
    private static LocalityGroup Group(LocalityLoad load, IEnumerable<(AssignedEndpoint Endpoint, int Home)> gateways, FairScale scale)
    {
        var endpoints = ImmutableArray.CreateBuilder<AssignedEndpoint>(load.Direct.Count);
        foreach (ref readonly var endpoint in load.DirectSpan) endpoints.Add(endpoint.WithWeight((uint)scale.Of(endpoint.Weight)));
        foreach (var (endpoint, _) in gateways) endpoints.Add(endpoint);
        var (healthy, all) = (0ul, 0ul);
        foreach (var endpoint in endpoints)
        {
            all += endpoint.Weight;
            if (endpoint.Endpoint is not { Health: EndpointHealth.Unhealthy }) healthy += endpoint.Weight;
        }
        return new LocalityGroup(load.Locality, 0, (uint)(healthy > 0 ? healthy : all), endpoints.DrainToImmutable());
    }
}
