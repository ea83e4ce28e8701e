using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>What becomes of an exporter's endpoints when its gateway is down or none of its endpoints is ready.</summary>
internal enum LossPolicy
{
    /// <summary>They stay where another exporter cannot take over.</summary>
    WithdrawIfElsewhere,

    /// <summary>They stay.</summary>
    Keep,

    /// <summary>They go, even if nobody is left.</summary>
    Withdraw,
}

/// <summary>How a name's traffic is shared among its exporters.</summary>
internal enum TrafficShare
{
    /// <summary>Everybody in proportion to the endpoints that are ready.</summary>
    Proportional,

    /// <summary>The client's own cluster, then its region, then the others: each only when those before it fail.</summary>
    Failover,

    /// <summary>The oldest export, or the primary clusters, alone; the others only when they fail.</summary>
    ActivePassive,
}

/// <summary>What the user's annotations on one exported Service ask for, and what is wrong with them. Bad values count as absent.</summary>
internal sealed record ExportPolicy
{
    public static readonly ExportPolicy Default = new();

    private static readonly ImmutableSortedDictionary<string, LossPolicy> Losses = new Dictionary<string, LossPolicy>
    {
        ["keep"] = LossPolicy.Keep,
        ["withdraw"] = LossPolicy.Withdraw,
        ["withdraw-if-elsewhere"] = LossPolicy.WithdrawIfElsewhere,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, TrafficShare> Shares = new Dictionary<string, TrafficShare>
    {
        ["proportional"] = TrafficShare.Proportional,
        ["failover"] = TrafficShare.Failover,
        ["active-passive"] = TrafficShare.ActivePassive,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public LossPolicy OnLoss { get; init; }

    /// <summary>Null where this exporter says nothing about it.</summary>
    public TrafficShare? Traffic { get; init; }

    /// <summary>The clusters that serve first under active-passive; empty: the oldest export's.</summary>
    public ImmutableSortedSet<ClusterName> Primaries { get; init; } = [];

    /// <summary>What is wrong with the annotations; null where nothing is.</summary>
    public string? Problem { get; init; }

    public static ExportPolicy Read(JsonObject service)
    {
        var onLoss = Choose(service, FederationNames.OnLossAnnotation, Losses, out var lossProblem);
        var traffic = Choose(service, FederationNames.TrafficAnnotation, Shares, out var trafficProblem);
        var primaries = service.Annotation(FederationNames.PrimaryAnnotation)?
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => new ClusterName(name)) ?? [];
        var problems = new[] { lossProblem, trafficProblem }.OfType<string>().ToList();
        return new ExportPolicy
        {
            OnLoss = onLoss ?? LossPolicy.WithdrawIfElsewhere,
            Traffic = traffic,
            Primaries = [.. primaries],
            Problem = problems.Count == 0 ? null : string.Join("; ", problems),
        };
    }

    /// <summary>What is to be remembered of it, as the annotations would say it: only what differs from the default.</summary>
    public IEnumerable<KeyValuePair<string, string>> Remembered()
    {
        if (OnLoss != LossPolicy.WithdrawIfElsewhere)
            yield return KeyValuePair.Create("onLoss", Losses.First(entry => entry.Value == OnLoss).Key);
        if (Traffic is { } traffic)
            yield return KeyValuePair.Create("traffic", Shares.First(entry => entry.Value == traffic).Key);
        if (!Primaries.IsEmpty)
            yield return KeyValuePair.Create("primary", string.Join(',', Primaries));
    }

    public static ExportPolicy Recall(JsonObject entry) => new()
    {
        OnLoss = Losses.GetValueOrDefault(ObjectMetadata.TextOf(entry["onLoss"]) ?? ""),
        Traffic = ObjectMetadata.TextOf(entry["traffic"]) is { } text && Shares.TryGetValue(text, out var share) ? share : null,
        Primaries = [.. (ObjectMetadata.TextOf(entry["primary"]) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new ClusterName(name))],
    };

    private static T? Choose<T>(JsonObject service, string annotation, ImmutableSortedDictionary<string, T> choices, out string? problem)
        where T : struct
    {
        problem = null;
        if (service.Annotation(annotation) is not { } text)
            return null;
        if (choices.TryGetValue(text.Trim(), out var choice))
            return choice;
        problem = $"{annotation} is '{text}', but has to be one of: {string.Join(", ", choices.Keys)}";
        return null;
    }
}
