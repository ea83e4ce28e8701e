using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>All gateways of the mesh, and the factor that makes every endpoint's weight divisible among them (rule 4).</summary>
public sealed class GatewayTable
{
    private readonly Dictionary<string, ImmutableArray<NetworkGateway>> _byNetwork;
    private readonly Dictionary<(string Network, string Cluster), ImmutableArray<NetworkGateway>> _byCluster;

    public GatewayTable(IEnumerable<NetworkGateway> gateways)
    {
        var sorted = gateways.ToList();
        sorted.Sort(NetworkGateway.Compare);
        _byNetwork = sorted.GroupBy(gateway => gateway.Network).ToDictionary(group => group.Key, group => group.ToImmutableArray());
        _byCluster = sorted.GroupBy(gateway => (gateway.Network, gateway.Cluster)).ToDictionary(group => group.Key, group => group.ToImmutableArray());
        ScaleFactor = _byNetwork.Values.Concat(_byCluster.Values).Aggregate(1ul, (factor, group) => LeastCommonMultiple(factor, (ulong)group.Length));
    }

    public static GatewayTable Empty { get; } = new([]);

    public bool IsEmpty => _byNetwork.Count == 0;

    public IEnumerable<NetworkGateway> All => _byNetwork.Values.SelectMany(gateways => gateways);

    /// <summary>Rule 4. Never above 2^32 − 1, where every weight is clipped anyway.</summary>
    public ulong ScaleFactor { get; }

    /// <summary>The gateways of exactly this (network, cluster), else those of the network (rule 5); empty where there are none.</summary>
    internal ImmutableArray<NetworkGateway> Find(string network, string cluster, out bool ofCluster)
    {
        ofCluster = _byCluster.TryGetValue((network, cluster), out var own);
        if (ofCluster) return own;
        return _byNetwork.TryGetValue(network, out var shared) ? shared : [];
    }

    internal static ulong LeastCommonMultiple(ulong left, ulong right)
    {
        var (a, b) = (left, right);
        while (b != 0) (a, b) = (b, a % b);
        return Math.Min(left / a * right, uint.MaxValue);
    }
}
