using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Rule 11: nearer endpoints first. Only where the DestinationRule detects outliers, since otherwise a proxy would never notice that the near ones
/// are down. Priorities are numbered without gaps, as Envoy demands.
/// </summary>
public sealed class LocalityFailover
{
    private readonly ImmutableArray<string> _labels;
    private readonly ImmutableDictionary<string, string> _regions;

    private LocalityFailover(ImmutableArray<string> labels, ImmutableDictionary<string, string> regions) => (_labels, _regions) = (labels, regions);

    /// <summary>The labels of workloads that decide about priorities.</summary>
    internal ImmutableArray<string> WorkloadLabels => [.. _labels.Select(label => label.Split('=', 2)[0]).Where(label => !EndpointLabels.IsPlace(label))];

    /// <summary>Null where this trafficPolicy lets no traffic move between localities.</summary>
    public static LocalityFailover? Read(JsonObject? policy)
    {
        var setting = policy.Object("loadBalancer").Object("localityLbSetting");
        if (policy.Object("outlierDetection") is null || setting.Flag("enabled") == false || setting.List("distribute") is { Count: > 0 }) return null;
        var regions = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in setting.List("failover").Objects())
            if (pair.Text("from") is { } from && pair.Text("to") is { } to) regions[from] = to;
        var labels = (setting.List("failoverPriority") ?? []).Select(label => label.AsText()).OfType<string>();
        return new LocalityFailover([.. labels], regions.ToImmutable());
    }

    internal ImmutableArray<LocalityGroup> Prioritise(ImmutableArray<LocalityGroup> groups, EndpointProxy proxy)
    {
        if (_labels.IsEmpty && proxy.Locality.Length == 0) return groups;
        var ranked = groups.SelectMany(group => group.Endpoints
                .GroupBy(endpoint => _labels.IsEmpty ? Distance(proxy.Locality, group.Locality) : Mismatches(proxy, endpoint, group.Locality))
                .Select(part => (Rank: part.Key, group.Locality, Group: part)))
            .OrderBy(part => part.Rank).ToList();
        var priorities = ranked.Select(part => part.Rank).Distinct().Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        return [.. ranked.Select(part => Part(part.Locality, priorities[part.Rank], [.. part.Group]))];
    }

    private static LocalityGroup Part(string locality, int priority, ImmutableArray<AssignedEndpoint> endpoints)
    {
        var sum = endpoints.Where(endpoint => endpoint.Endpoint is not { Health: EndpointHealth.Unhealthy }).Aggregate(0u, (all, endpoint) => unchecked(all + endpoint.Weight));
        return new LocalityGroup(locality, priority, sum > 0 ? sum : endpoints.Aggregate(0u, (all, endpoint) => unchecked(all + endpoint.Weight)), endpoints);
    }

    private int Distance(string from, string to)
    {
        var (near, far) = (from.Split('/'), to.Split('/'));
        string At(string[] parts, int level) => level < parts.Length ? parts[level] : "";
        for (var level = 2; level >= 0; level--)
            if (Enumerable.Range(0, level + 1).All(part => At(near, part) == At(far, part))) return 2 - level;
        return _regions.TryGetValue(near[0], out var next) && next != far[0] ? 4 : 3;
    }

    /// <summary>How many of the labels, from the first that differs on, do not match those of the proxy or the value that is written.</summary>
    private int Mismatches(EndpointProxy proxy, AssignedEndpoint endpoint, string locality)
    {
        for (var i = 0; i < _labels.Length; i++)
        {
            var parts = _labels[i].Split('=', 2);
            var wanted = parts.Length == 2 ? parts[1] : EndpointLabels.Of(proxy, parts[0]);
            if (wanted != EndpointLabels.Of(endpoint, locality, parts[0])) return _labels.Length - i;
        }
        return 0;
    }
}
