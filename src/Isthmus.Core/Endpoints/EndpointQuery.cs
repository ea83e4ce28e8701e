using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>Which endpoints are wanted, and what the service and its policies say.</summary>
public sealed class EndpointQuery
{
    public required EnvoyClusterName Cluster { get; init; }

    /// <summary>Null takes every endpoint given, whatever port it serves.</summary>
    public string? PortName { get; init; }

    /// <summary>The labels of the subset that <see cref="Cluster"/> names.</summary>
    public ImmutableArray<KeyValuePair<string, string>> SubsetLabels { get; init; } = [];

    public required MtlsPolicy Mtls { get; init; }

    public Compatibility Compatibility { get; init; }

    /// <summary>internalTrafficPolicy Local.</summary>
    public bool NodeLocal { get; init; }

    /// <summary>Istio's clusterLocal setting.</summary>
    public bool ClusterLocal { get; init; }

    /// <summary>The service asks for endpoints that are not ready.</summary>
    public bool SendsUnhealthy { get; init; }

    /// <summary>Sessions persist, so draining endpoints stay.</summary>
    public bool KeepsSessions { get; init; }

    /// <summary>The cluster resolves host names itself (DNS type), so gateways known by name only can be used.</summary>
    public bool ResolvesNames { get; init; }

    /// <summary>Which DestinationRule counts, by namespace and name; empty for none.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Rule 11: priorities by locality; null where the rule for the host lets no traffic move (no outlier detection).</summary>
    public LocalityFailover? Failover { get; init; }

    /// <summary>The proxy without what does not matter here, so that all that get one answer are equal.</summary>
    internal EndpointProxy Relevant(EndpointProxy proxy) => new()
    {
        Network = proxy.Network,
        Cluster = proxy.Cluster,
        Locality = Failover is null ? "" : proxy.Locality,
        Node = NodeLocal ? proxy.Node : "",
        Labels = Failover is { WorkloadLabels.IsEmpty: false } ? proxy.Labels : ImmutableSortedDictionary<string, string>.Empty,
        RequestedNetworkView = proxy.RequestedNetworkView,
        IsRouter = proxy.IsRouter,
        UsesIPv4 = proxy.UsesIPv4,
        UsesIPv6 = proxy.UsesIPv6,
    };
}
