using CsCheck;
using Isthmus.Core.Endpoints;
using Xunit;
using static Isthmus.Core.Tests.Endpoints.EndpointWorld;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Where Istio is wrong: each cluster draws the share of traffic that its healthy endpoints are.</summary>
public sealed class EndpointShareTests
{
    private static readonly string[] Zones = ["", "eu/a", "eu/b", "us/a"];

    // Clusters: how many gateways each has, and its endpoints by zone, health and weight.
    private static readonly Gen<(int Gateways, (int Zone, bool Healthy, uint Weight)[] Endpoints)[]> Mesh =
        Gen.Select(Gen.Int[1, 7], Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Frequency((4, Gen.Const(0u)), (1, Gen.UInt[0, 20]), (1, Gen.UInt))).Array[0, 12]).Array[1, 6];

    [Fact]
    public void Each_clusters_share_of_the_traffic_is_its_share_of_the_healthy_endpoints() => Mesh.Sample(mesh =>
    {
        var answer = Answer(mesh);
        // As Envoy: one host of each address, the first, drawn by its weight out of all.
        var hosts = answer.Groups.SelectMany(group => group.Endpoints).DistinctBy(endpoint => (endpoint.Address, endpoint.Port)).ToList();
        var total = hosts.Sum(host => (double)host.Weight);
        var healthy = mesh.Sum(cluster => Healthy(cluster.Endpoints));
        // One unit of weight for each address may go to rounding.
        return mesh.Index().All(cluster =>
        {
            var drawn = hosts.Where(host => (host.Endpoint?.Cluster ?? host.Gateway?.Cluster) == $"c{cluster.Index}").Sum(host => (double)host.Weight);
            var share = healthy == 0 ? 0 : Healthy(cluster.Item.Endpoints) / healthy;
            return total == 0 ? healthy == 0 : Math.Abs(drawn / total - share) <= (healthy > uint.MaxValue ? hosts.Count / total : 1e-9);
        });
    }, iter: 3000);

    [Fact]
    public void Envoy_takes_every_answer() => Mesh.Sample(mesh =>
    {
        var answer = Answer(mesh);
        var endpoints = answer.Groups.SelectMany(group => group.Endpoints).ToList();
        return endpoints.All(endpoint => endpoint.Weight > 0)
            && endpoints.Sum(endpoint => (long)endpoint.Weight) <= uint.MaxValue
            && endpoints.Select(endpoint => (endpoint.Address, endpoint.Port)).Distinct().Count() == endpoints.Count
            && answer.Groups.All(group => group.Weight == group.Endpoints.Sum(endpoint => (long)endpoint.Weight));
    }, iter: 3000);

    [Fact]
    public void The_order_of_the_input_does_not_matter() => Gen.Select(Mesh, Gen.Int).Sample((mesh, seed) =>
    {
        var (endpoints, gateways) = (Endpoints(mesh), Gateways(mesh));
        var random = new Random(seed);
        var (shuffledEndpoints, shuffledGateways) = (endpoints.ToArray(), gateways.ToArray());
        random.Shuffle(shuffledEndpoints);
        random.Shuffle(shuffledGateways);
        return Sorted(Query(), endpoints, gateways) == Sorted(Query(), shuffledEndpoints, shuffledGateways)
            && Sorted(Query(Compatibility.Istio), endpoints, gateways) == Sorted(Query(Compatibility.Istio), shuffledEndpoints, shuffledGateways);
    }, iter: 1000);

    [Fact]
    public void Zones_behind_a_gateway_add_up_where_most_of_them_are()
    {
        MeshEndpoint[] endpoints =
        [
            Endpoint("10.0.0.1", "n1", locality: "a"), Endpoint("20.0.0.1", "n2", locality: "a"), Endpoint("20.0.0.2", "n2", locality: "b"), Endpoint("20.0.0.3", "n2", locality: "b"),
        ];
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2")];
        Assert.Equal("a#0=1: 10.0.0.1=1; b#0=3: 2.2.2.2=3", Assign(Query(), endpoints, gateways));
        Assert.Equal("a#0=2: 10.0.0.1=1 2.2.2.2=1; b#0=2: 2.2.2.2=2", Assign(Query(Compatibility.Istio), endpoints, gateways));
    }

    [Fact]
    public void Unhealthy_endpoints_behind_a_gateway_draw_nothing()
    {
        MeshEndpoint[] endpoints = [Endpoint("10.0.0.1", "n1"), Endpoint("20.0.0.1", "n2"), Endpoint("20.0.0.2", "n2", health: EndpointHealth.Unhealthy)];
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2")];
        Assert.Equal("#0=2: 10.0.0.1=1 2.2.2.2=1", Assign(Query(sendsUnhealthy: true), endpoints, gateways));
        Assert.Equal("#0=3: 10.0.0.1=1 2.2.2.2=2", Assign(Query(Compatibility.Istio, sendsUnhealthy: true), endpoints, gateways));
        Assert.Equal("#0=1: 10.0.0.1=1", Assign(Query(sendsUnhealthy: true), [endpoints[0], endpoints[2]], gateways));
    }

    [Fact]
    public void A_subset_draws_only_its_own_endpoints_behind_a_gateway()
    {
        const string rule = """{"spec":{"host":"reviews.shop.svc.cluster.local","subsets":[{"name":"v2","labels":{"version":"v2"}}]}}""";
        MeshEndpoint[] endpoints = [Endpoint("10.0.0.1", "n1", version: "v2"), Endpoint("20.0.0.1", "n2"), Endpoint("20.0.0.2", "n2", version: "v2"), Endpoint("20.0.0.3", "n2", version: "v2")];
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2")];
        Assert.Equal("#0=3: 10.0.0.1=1 2.2.2.2=2", Assign(Query(rule: rule, subset: "v2"), endpoints, gateways));
        Assert.Equal("#0=4: 10.0.0.1=1 2.2.2.2=3", Assign(Query(rule: rule), endpoints, gateways));
    }

    [Fact]
    public void Huge_weights_shrink_alike_instead_of_being_clipped()
    {
        MeshEndpoint[] endpoints = [Endpoint("10.0.0.1", "n1", weight: 4_000_000_000), Endpoint("20.0.0.1", "n2", weight: 4_000_000_000), Endpoint("20.0.0.2", "n2", weight: 4_000_000_000)];
        Assert.Equal("#0=4000000000: 10.0.0.1=1333333333 2.2.2.2=1333333334 2.2.2.3=1333333333", Assign(Query(), endpoints, [Gateway("2.2.2.2", "n2"), Gateway("2.2.2.3", "n2")]));
    }

    private static LoadAssignment Answer((int Gateways, (int Zone, bool Healthy, uint Weight)[] Endpoints)[] mesh) =>
        SplitHorizon.Assign(Query(), Endpoints(mesh), new GatewayTable(Gateways(mesh)), Proxy("n0", "c0"));

    // Two clusters share a network, so that both kinds of gateways and direct neighbours occur.
    private static MeshEndpoint[] Endpoints((int Gateways, (int Zone, bool Healthy, uint Weight)[] Endpoints)[] mesh) =>
        [.. mesh.Index().SelectMany(cluster => cluster.Item.Endpoints.Index().Select(item => Endpoint(
            $"10.{cluster.Index}.0.{item.Index}", $"n{cluster.Index / 2}", $"c{cluster.Index}", Zones[item.Item.Zone], item.Item.Weight,
            item.Item.Healthy ? EndpointHealth.Healthy : EndpointHealth.Unhealthy)))];

    private static NetworkGateway[] Gateways((int Gateways, (int Zone, bool Healthy, uint Weight)[] Endpoints)[] mesh) =>
        [.. mesh.Index().SelectMany(cluster => Enumerable.Range(1, cluster.Item.Gateways).Select(i => Gateway($"20.{cluster.Index}.0.{i}", $"n{cluster.Index / 2}", $"c{cluster.Index}")))];

    private static double Healthy((int Zone, bool Healthy, uint Weight)[] endpoints) =>
        endpoints.Where(endpoint => endpoint.Healthy).Sum(endpoint => (double)Math.Max(1, endpoint.Weight));

    private static string Sorted(EndpointQuery query, MeshEndpoint[] endpoints, NetworkGateway[] gateways) => string.Join("; ",
        SplitHorizon.Assign(query, endpoints, new GatewayTable(gateways), Proxy("n0", "c0")).Groups.Select(group =>
            $"{group.Locality}={group.Weight}: {string.Join(' ', group.Endpoints.Select(endpoint => $"{endpoint.Address}={endpoint.Weight}").Order(StringComparer.Ordinal))}"));
}
