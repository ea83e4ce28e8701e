using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>The proxy that asks.</summary>
public sealed class EndpointProxy
{
    /// <summary>Empty where the proxy was not told (ISTIO_META_NETWORK).</summary>
    public string Network { get; init; } = "";

    public string Cluster { get; init; } = "";

    /// <summary><c>region/zone/subzone</c>, or empty.</summary>
    public string Locality { get; init; } = "";

    public string Node { get; init; } = "";

    public string Namespace { get; init; } = "";

    /// <summary>Labels of the proxy's own workload, for failoverPriority.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>ISTIO_META_REQUESTED_NETWORK_VIEW; empty means every network.</summary>
    public ImmutableArray<string> RequestedNetworkView { get; init; } = [];

    /// <summary>True for a gateway's own proxy, which may use gateways without a TLS port.</summary>
    public bool IsRouter { get; init; }

    public bool UsesIPv4 { get; init; } = true;

    public bool UsesIPv6 { get; init; } = true;

    /// <summary>Whether every answer for one is the answer for the other.</summary>
    internal bool SeesAlike(EndpointProxy other) => ReferenceEquals(this, other)
        || Network == other.Network && Cluster == other.Cluster && Locality == other.Locality && Node == other.Node && Namespace == other.Namespace
        && IsRouter == other.IsRouter && UsesIPv4 == other.UsesIPv4 && UsesIPv6 == other.UsesIPv6
        && RequestedNetworkView.AsSpan().SequenceEqual(other.RequestedNetworkView.AsSpan()) && Labels.SequenceEqual(other.Labels);

    internal bool Sees(string network)
    {
        if (RequestedNetworkView.IsDefaultOrEmpty || network.Length == 0) return true;
        foreach (var seen in RequestedNetworkView)
            if (seen == network) return true;
        return false;
    }
}
