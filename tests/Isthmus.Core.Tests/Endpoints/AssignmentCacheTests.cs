using System.Collections.Immutable;
using CsCheck;
using Isthmus.Core.Endpoints;
using Xunit;
using static Isthmus.Core.Tests.Endpoints.EndpointWorld;

namespace Isthmus.Core.Tests.Endpoints;

public sealed class AssignmentCacheTests
{
    private const string Failover = """
        {"metadata":{"name":"reviews","namespace":"shop"},"spec":{"host":"reviews.shop.svc.cluster.local","trafficPolicy":{"outlierDetection":{},
        "loadBalancer":{"localityLbSetting":{"failoverPriority":["version"]}}}}}
        """;

    private readonly AssignmentCache _cache = new();
    private int _asked;

    [Fact]
    public void An_unchanged_answer_is_not_worked_out_again()
    {
        Assert.Same(Get(1), Get(1));
        Assert.Equal(1, _asked);
        Assert.NotSame(Get(1), Get(2));
        Assert.Equal(Get(2)?.Version, Get(3)?.Version);
        Assert.NotEqual(Get(3)?.Version, Get(3, Proxy("n2"))?.Version);
    }

    [Fact]
    public void Proxies_that_differ_in_nothing_that_matters_share_one_answer()
    {
        Assert.Same(Get(1, Client("a", "node-1", "v1")), Get(1, Client("b", "node-2", "v2")));
        Assert.NotSame(Get(2, Client("a", "node-1", "v1"), Query(rule: Failover)), Get(2, Client("b", "node-1", "v2"), Query(rule: Failover)));
        Assert.NotSame(Get(3, Client("a", "node-1", "v1"), Query(nodeLocal: true)), Get(3, Client("a", "node-2", "v1"), Query(nodeLocal: true)));
    }

    [Fact]
    public void What_is_not_there_is_remembered_too()
    {
        Assert.Null(_cache.Get(Query().Cluster, Proxy(), 1, Nothing));
        Assert.Null(_cache.Get(Query().Cluster, Proxy(), 1, Nothing));
        Assert.Equal(1, _asked);
    }

    /// <summary>What <see cref="EndpointQuery.Relevant"/> takes away changes no answer.</summary>
    [Fact]
    public void A_shared_answer_is_everybodys_own() =>
        Gen.Select(Gen.Bool, Gen.Bool, OneOf("a", "b"), OneOf("node-1", "node-2"), OneOf("v1", "v2"), OneOf("", "eu/a/", "us/b/"))
            .Sample((nodeLocal, failsOver, ns, node, version, locality) =>
            {
                var query = Query(nodeLocal: nodeLocal, rule: failsOver ? Failover : null);
                var proxy = Client(ns, node, version, locality);
                var own = Snapshot(proxy, query).Assign();
                return Text(own) == Text(SplitHorizon.Assign(query, Endpoints, Gateways, query.Relevant(proxy)));
            }, iter: 200);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static IReadOnlyList<MeshEndpoint> Endpoints { get; } =
    [
        Endpoint("10.0.0.1", "n1", locality: "eu/a/", node: "node-1"), Endpoint("10.0.0.2", "n1", locality: "us/b/", node: "node-2", version: "v2"),
        Endpoint("20.0.0.1", "n2", locality: "eu/a/", node: "node-1"),
    ];

    private static GatewayTable Gateways { get; } = new([Gateway("1.1.1.1", "n1"), Gateway("2.2.2.2", "n2")]);

    private static EndpointSnapshot Snapshot(EndpointProxy proxy, EndpointQuery query) => new() { Query = query, Endpoints = Endpoints, Gateways = Gateways, Proxy = proxy };

    private static EndpointProxy Client(string ns, string node, string version, string locality = "") => new()
    {
        Network = "n1",
        Cluster = "n1",
        Namespace = ns,
        Node = node,
        Locality = locality,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("version", version),
    };

    private DiscoveredAssignment? Get(long version, EndpointProxy? proxy = null, EndpointQuery? query = null) => _cache.Get(Query().Cluster, proxy ?? Proxy(), version, () =>
    {
        _asked++;
        return Snapshot(proxy ?? Proxy(), query ?? Query());
    });

    private EndpointSnapshot? Nothing()
    {
        _asked++;
        return null;
    }
}
