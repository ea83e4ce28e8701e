using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>One exporter's endpoints with the locality and weight that they are written with; no weight where all of a tier are alike.</summary>
internal sealed record PlacedGroup(EndpointGroup Group, string? Locality, int? Weight);

/// <summary>
/// Who gets how much. Shares are weights; an order is Envoy's priorities, which istiod derives from localities: an endpoint in the
/// client's own region comes first, then the region that a failover setting names, then all others. Istio's failoverPriority would
/// say it more directly, but does nothing for endpoints behind DNS. See docs/decisions/0007.
/// </summary>
internal sealed record TrafficPlan(ImmutableArray<PlacedGroup> Groups, JsonObject LoadBalancer)
{
    // The client's own region, the failover region, all others: istiod tells no more apart without knowing the client's zone.
    private const int MostTiers = 3;

    public static TrafficPlan Of(MeshCluster importer, TrafficPolicy policy, IReadOnlyList<EndpointGroup> serving)
    {
        var tiers = serving.GroupBy(group => Place(importer, policy, group)).OrderBy(tier => tier.Key).Select(tier => tier.ToImmutableArray()).ToList();
        if (tiers.Count > MostTiers)
            tiers = [.. tiers[..(MostTiers - 1)], [.. tiers[(MostTiers - 1)..].SelectMany(tier => tier)]];
        var region = Region(importer.Locality);
        // Where the client's region is not known, no order can be told to istiod; we keep the order then, by writing the first tier alone.
        return tiers.Count > 1 && region is not null
            ? Ordered(tiers, region)
            : new TrafficPlan([.. Weighted(tiers.FirstOrDefault([]), group => group.Locality)], LoadBalancing(new JsonObject { ["enabled"] = false }));
    }

    /// <summary>Why an order that was asked for is kept by us alone, more slowly than Envoy would; null where it is not so.</summary>
    public static string? Problem(MeshCluster importer, TrafficPolicy policy) =>
        policy.Share != TrafficShare.Proportional && policy.Order.Length > 1 && Region(importer.Locality) is null
            ? $"the mesh document gives {importer.Name} no region, so only the first choice is written there: another stands in when the gateway probe finds it dead"
            : null;

    private static int Place(MeshCluster importer, TrafficPolicy policy, EndpointGroup group) => policy.Share switch
    {
        TrafficShare.Failover => group.IsLocal ? 0 : Region(group.Locality) is { } region && region == Region(importer.Locality) ? 1 : 2,
        TrafficShare.ActivePassive => group.Clusters.Min(policy.Place),
        _ => 0,
    };

    private static TrafficPlan Ordered(List<ImmutableArray<EndpointGroup>> tiers, string region)
    {
        var localities = new List<string>();
        foreach (var tier in tiers)
            localities.Add(TierLocality(tier, localities, region));
        // Clients on nodes without a region label have none themselves: to them the first tier is what they fail over to, so to say.
        var failover = new JsonArray(new JsonObject { ["from"] = "", ["to"] = region });
        if (tiers.Count == MostTiers)
            failover.Add(new JsonObject { ["from"] = region, ["to"] = Region(localities[1]) });
        return new TrafficPlan(
            [.. tiers.Zip(localities).SelectMany(tier => Weighted(tier.First, _ => tier.Second))],
            LoadBalancing(new JsonObject { ["enabled"] = true, ["failover"] = failover }));
    }

    /// <summary>
    /// One locality for a whole tier, since Envoy shares between localities by weights that count a host name once, however many
    /// addresses it has. It is the true one where all have the same and it does not disturb the order.
    /// </summary>
    private static string TierLocality(ImmutableArray<EndpointGroup> tier, List<string> before, string region)
    {
        var common = tier[0].Locality is { } first && tier.All(group => group.Locality == first) ? first : null;
        if (before.Count == 0)
            return common is not null && Region(common) == region ? common : region;
        var isFree = common is not null && Region(common) != region && before.TrueForAll(other => Region(other) != Region(common));
        return isFree && common is not null ? common : $"failover-{before.Count}";
    }

    private static IEnumerable<PlacedGroup> Weighted(ImmutableArray<EndpointGroup> tier, Func<EndpointGroup, string?> locality)
    {
        // A lost exporter that stays by its own policy counts as if one endpoint were ready.
        var weights = EndpointWeights.For([.. tier.Select(group => (group is { IsLost: true, OnLoss: LossPolicy.Keep } ? Math.Max(1, group.Ready) : group.Ready, group.AddressCount))]);
        var isWeighted = weights.Where(weight => weight > 0).Distinct().Count() > 1;
        return tier.Zip(weights).Where(pair => pair.Second > 0).Select(pair => new PlacedGroup(pair.First, locality(pair.First), isWeighted ? pair.Second : null));
    }

    // Least-request, Istio's default, takes from the busier gateway, which is the one with more endpoints behind it: under load the
    // shares would become those of the weights' square roots.
    private static JsonObject LoadBalancing(JsonObject localities) => new() { ["simple"] = "ROUND_ROBIN", ["localityLbSetting"] = localities };

    private static string? Region(string? locality) => locality?.Split('/')[0];
}
