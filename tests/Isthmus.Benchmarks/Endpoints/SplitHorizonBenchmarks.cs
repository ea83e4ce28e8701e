using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using Isthmus.Core.Endpoints;

namespace Isthmus.Benchmarks.Endpoints;

/// <summary>One proxy's answer for one service: three networks with two gateways each, endpoints in three zones of every network.</summary>
[MemoryDiagnoser]
public class SplitHorizonBenchmarks
{
    private const int Networks = 3;
    private const int Zones = 3;

    private static readonly EnvoyClusterName Cluster = new(80, "", "reviews.shop.svc.cluster.local", IsSniDnat: false);

    private readonly GatewayTable _gateways = new(Enumerable.Range(0, 2 * Networks).Select(i => new NetworkGateway($"n{i / 2}", "", $"20.0.{i / 2}.{1 + i % 2}", 15443)));
    private readonly EndpointProxy _proxy = new() { Network = "n0", Cluster = "c0", Locality = "r0/z0" };
    private readonly AssignmentCache _cache = new();
    private MeshEndpoint[] _endpoints = [];
    private EndpointQuery? _query;

    [Params(10, 1_000, 100_000)]
    public int Endpoints { get; set; }

    [Params(Compatibility.None, Compatibility.Istio)]
    public Compatibility Answer { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _query = new EndpointQuery { Cluster = Cluster, Mtls = new MtlsPolicy(Cluster, null, [], "istio-system"), Compatibility = Answer };
        var labels = new Dictionary<string, string> { ["app"] = "reviews", ["version"] = "v1" }.ToFrozenDictionary();
        var places = Enumerable.Range(0, Networks * Zones)
            .Select(i => (Network: $"n{i / Zones}", Cluster: $"c{i / Zones}", Locality: $"r{i / Zones}/z{i % Zones}")).ToArray();
        // Cluster by cluster, zones mixed within, as an observation lists them.
        _endpoints = [.. Enumerable.Range(0, Endpoints).Select(i => Endpoint(i, places[(int)((long)i * Networks / Endpoints) * Zones + i % Zones], labels))];
    }

    [Benchmark]
    public LoadAssignment Assign() => SplitHorizon.Assign(_query ?? throw new InvalidOperationException(), _endpoints, _gateways, _proxy);

    /// <summary>The same once more: only the version is compared.</summary>
    [Benchmark]
    public DiscoveredAssignment? Unchanged() => _cache.Get(Cluster, _proxy, version: 1, Snapshot);

    private EndpointSnapshot Snapshot() => new() { Query = _query ?? throw new InvalidOperationException(), Endpoints = _endpoints, Gateways = _gateways, Proxy = _proxy };

    private static MeshEndpoint Endpoint(int i, (string Network, string Cluster, string Locality) place, FrozenDictionary<string, string> labels) => new()
    {
        Address = $"10.{i >> 16}.{i >> 8 & 255}.{i & 255}",
        Port = 8080,
        PortName = "http",
        Network = place.Network,
        Cluster = place.Cluster,
        Locality = place.Locality,
        TlsMode = MeshEndpoint.IstioTls,
        Labels = labels,
        Namespace = "shop",
    };
}
