namespace Isthmus.Core.Endpoints;

/// <summary>The gateways as one proxy can use them: rule 5 for each (network, cluster) that it meets.</summary>
internal sealed class GatewayView(GatewayTable table, EndpointProxy proxy, bool resolvesNames)
{
    private readonly Dictionary<(string Network, string Cluster), (GatewaySet? Set, bool Exists)> _found = [];
    private readonly List<GatewaySet> _sets = [];
    private string? _lastNetwork, _lastCluster;
    private (GatewaySet? Set, bool Exists) _last;

    public bool IsEmpty => table.IsEmpty;

    /// <summary>The sets met so far, by their index.</summary>
    public IReadOnlyList<GatewaySet> Sets => _sets;

    /// <summary>The gateways to use, null where none can be; and whether any exists at all.</summary>
    public (GatewaySet? Set, bool Exists) Find(string network, string cluster)
    {
        // Endpoints come cluster by cluster, with their names shared: mostly the question is the one before.
        if (ReferenceEquals(network, _lastNetwork) && ReferenceEquals(cluster, _lastCluster)) return _last;
        if (!_found.TryGetValue((network, cluster), out var found))
        {
            found = Select(network, cluster);
            _found.Add((network, cluster), found);
        }
        (_lastNetwork, _lastCluster, _last) = (network, cluster, found);
        return found;
    }

    private (GatewaySet? Set, bool Exists) Select(string network, string cluster)
    {
        if (network.Length == 0) return (null, false);
        var all = table.Find(network, cluster, out var ofCluster);
        if (all.IsEmpty) return (null, false);
        var usable = all.Where(IsUsable).ToList();
        if (usable.Count == 0) return (null, true);
        var set = new GatewaySet(_sets.Count, [.. usable], ofCluster);
        _sets.Add(set);
        return (set, true);
    }

    private bool IsUsable(NetworkGateway gateway)
    {
        if (gateway.Port == 0 && !proxy.IsRouter) return false;
        return gateway.IsIPv6 switch
        {
            true => proxy.UsesIPv6,
            false => proxy.UsesIPv4,
            null => resolvesNames,
        };
    }
}
