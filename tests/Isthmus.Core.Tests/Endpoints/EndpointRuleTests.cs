using Isthmus.Core.Endpoints;
using Xunit;
using static Isthmus.Core.Tests.Endpoints.EndpointWorld;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Istio's rules, above all those that its recorded cases do not reach.</summary>
public sealed class EndpointRuleTests
{
    private static readonly NetworkGateway[] TwoNetworks = [Gateway("1.1.1.1", "n1"), Gateway("2.2.2.2", "n2")];

    [Fact]
    public void The_worked_example_comes_out_for_both_networks()
    {
        NetworkGateway[] gateways =
        [
            Gateway("1.1.1.1", "network1"), Gateway("2.2.2.2", "network2", "a"), Gateway("2.2.2.20", "network2", "b"),
            Gateway("2.2.2.21", "network2", "b"), Gateway("3.3.3.3", "network3"),
        ];
        MeshEndpoint[] endpoints =
        [
            Endpoint("10.0.0.1", "network1"), Endpoint("10.0.0.2", "network1"), Endpoint("20.0.0.1", "network2", "a"),
            Endpoint("20.0.0.2", "network2", "b"), Endpoint("20.0.0.3", "network2", "b"), Endpoint("40.0.0.1", "network4"),
        ];
        var query = Query(Compatibility.Istio);
        Assert.Equal(
            "#0=36: 10.0.0.1=6 10.0.0.2=6 40.0.0.1=6 2.2.2.2=6 2.2.2.20=6 2.2.2.21=6", Assign(query, endpoints, gateways, Proxy("network1")));
        Assert.Equal("#0=36: 20.0.0.1=6 20.0.0.2=6 20.0.0.3=6 40.0.0.1=6 1.1.1.1=12", Assign(query, endpoints, gateways, Proxy("network2")));
    }

    [Theory]
    [InlineData(EndpointHealth.Terminating, true, true, RouteReason.Terminating)]
    [InlineData(EndpointHealth.Draining, true, false, RouteReason.Draining)]
    [InlineData(EndpointHealth.Draining, false, true, RouteReason.SameNetwork)]
    [InlineData(EndpointHealth.Unhealthy, false, true, RouteReason.Unhealthy)]
    [InlineData(EndpointHealth.Unhealthy, true, false, RouteReason.SameNetwork)]
    public void Health_decides_first(EndpointHealth health, bool sendsUnhealthy, bool keepsSessions, RouteReason expected) =>
        Assert.Equal(expected, Why(Query(sendsUnhealthy: sendsUnhealthy, keepsSessions: keepsSessions), Endpoint("10.0.0.1", "n1", health: health), TwoNetworks));

    [Fact]
    public void Locality_to_a_node_or_cluster_and_discoverability_decide_before_the_network()
    {
        var proxy = new EndpointProxy { Network = "n1", Cluster = "c1", Node = "a" };
        Assert.Equal(RouteReason.OtherNode, Why(Query(nodeLocal: true), Endpoint("10.0.0.1", "n1", "c1", node: "b"), TwoNetworks, proxy));
        Assert.Equal(RouteReason.SameNetwork, Why(Query(nodeLocal: true), Endpoint("10.0.0.1", "n1", "c1", node: "a"), TwoNetworks, proxy));
        Assert.Equal(RouteReason.OtherCluster, Why(Query(clusterLocal: true), Endpoint("10.0.0.1", "n1", "c2"), TwoNetworks, proxy));
        Assert.Equal(RouteReason.Undiscoverable, Why(Query(), Endpoint("10.0.0.1", "n1", "c2", discoverable: false), TwoNetworks, proxy));
        Assert.Equal(RouteReason.SameNetwork, Why(Query(), Endpoint("10.0.0.1", "n1", "c1", discoverable: false), TwoNetworks, proxy));
    }

    [Fact]
    public void An_endpoint_without_address_counts_only_behind_a_gateway()
    {
        Assert.Equal("#0=1: 2.2.2.2=1", Assign(Query(), [Endpoint("", "n2")], TwoNetworks));
        Assert.Equal(RouteReason.NoAddress, Why(Query(), Endpoint("", "n1"), TwoNetworks));
        Assert.Equal(RouteReason.NoAddress, Why(Query(), Endpoint("", "n3"), TwoNetworks));
        Assert.Equal(RouteReason.NoAddress, Why(Query(), Endpoint("", "n2"), []));
    }

    [Fact]
    public void The_requested_network_view_hides_other_networks_but_not_endpoints_without_one()
    {
        Assert.Equal(RouteReason.OutsideNetworkView, Why(Query(), Endpoint("10.0.0.1", "n2"), TwoNetworks, Proxy("n1", "n1", "n1")));
        Assert.Equal(RouteReason.OutsideNetworkView, Why(Query(), Endpoint("10.0.0.1", "n2"), [], Proxy("n1", "n1", "n1")));
        Assert.Equal(RouteReason.EndpointWithoutNetwork, Why(Query(), Endpoint("10.0.0.1", ""), TwoNetworks, Proxy("n1", "n1", "n1")));
    }

    [Fact]
    public void Without_any_gateway_endpoints_stay_as_they_are() =>
        Assert.Equal("a#0=7: 10.0.0.2=7; b#0=1: 10.0.0.1=1", Assign(Query(), [Endpoint("10.0.0.1", "n2", locality: "b"), Endpoint("10.0.0.2", "n3", locality: "a", weight: 7)], []));

    [Fact]
    public void A_clusters_own_gateways_come_before_its_networks()
    {
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2"), Gateway("2.2.2.3", "n2", "c2")];
        Assert.Equal(RouteReason.ClusterGateways, Why(Query(), Endpoint("10.0.0.1", "n2", "c2"), gateways));
        Assert.Equal(RouteReason.NetworkGateways, Why(Query(), Endpoint("10.0.0.1", "n2", "c3"), gateways));
        Assert.Equal("#0=2: 2.2.2.2=1 2.2.2.3=1", Assign(Query(), [Endpoint("10.0.0.1", "n2", "c3")], gateways));
    }

    [Fact]
    public void Sidecars_skip_gateways_with_port_0_and_gateways_do_not()
    {
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2", port: 0)];
        Assert.Equal(RouteReason.NoReachableGateway, Why(Query(), Endpoint("10.0.0.1", "n2"), gateways));
        Assert.Equal(RouteReason.NetworkGateways, Why(Query(), Endpoint("10.0.0.1", "n2"), gateways, new EndpointProxy { Network = "n1", IsRouter = true }));
    }

    [Fact]
    public void A_proxy_of_one_IP_family_sees_gateways_of_that_family_only()
    {
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2"), Gateway("2001:db8::2", "n2"), Gateway("2001:db8::3", "n3")];
        var four = new EndpointProxy { Network = "n1", UsesIPv6 = false };
        var six = new EndpointProxy { Network = "n1", UsesIPv4 = false };
        Assert.Equal("#0=1: 2.2.2.2=1", Assign(Query(), [Endpoint("10.0.0.1", "n2")], gateways, four));
        Assert.Equal("#0=1: 2001:db8::2=1", Assign(Query(), [Endpoint("10.0.0.1", "n2")], gateways, six));
        Assert.Equal(RouteReason.NoReachableGateway, Why(Query(), Endpoint("10.0.0.1", "n3"), gateways, four));
    }

    [Fact]
    public void A_gateway_known_by_name_only_counts_for_clusters_that_resolve_names()
    {
        NetworkGateway[] gateways = [Gateway("lb.example.com", "n2")];
        Assert.Equal(RouteReason.NoReachableGateway, Why(Query(), Endpoint("10.0.0.1", "n2"), gateways));
        Assert.Equal("#0=1: lb.example.com=1", Assign(Query(resolvesNames: true), [Endpoint("10.0.0.1", "n2")], gateways));
    }

    [Theory]
    [InlineData(Compatibility.Istio, RouteReason.ProxyWithoutNetwork)]
    [InlineData(Compatibility.Istio2025, RouteReason.NetworkGateways)]
    [InlineData(Compatibility.None, RouteReason.NetworkGateways)]
    public void A_proxy_without_network_goes_through_gateways_since_2025(Compatibility compatibility, RouteReason expected)
    {
        Assert.Equal(expected, Why(Query(compatibility), Endpoint("10.0.0.1", "n2"), TwoNetworks, Proxy("")));
        Assert.Equal(RouteReason.NetworkWithoutGateway, Why(Query(compatibility), Endpoint("10.0.0.1", "n9"), TwoNetworks, Proxy("")));
    }

    [Fact]
    public void Weights_of_istio_are_clipped_for_each_endpoint_and_wrap_in_the_sum()
    {
        NetworkGateway[] gateways = [Gateway("2.2.2.2", "n2"), Gateway("2.2.2.3", "n2")];
        MeshEndpoint[] endpoints = [Endpoint("10.0.0.1", "n1", weight: uint.MaxValue), Endpoint("10.0.0.2", "n1", weight: 3)];
        Assert.Equal("#0=5: 10.0.0.1=4294967295 10.0.0.2=6", Assign(Query(Compatibility.Istio), endpoints, gateways));
    }

    [Fact]
    public void SNI_clusters_drop_direct_endpoints_without_mutual_TLS()
    {
        Assert.Equal(RouteReason.EndpointWithoutMtls, Why(Query(sniDnat: true), Endpoint("10.0.0.1", "n1", tls: ""), TwoNetworks));
        Assert.Equal(RouteReason.SameNetwork, Why(Query(), Endpoint("10.0.0.1", "n1", tls: ""), TwoNetworks));
    }

    [Theory]
    [InlineData("""{"tls":{"mode":"SIMPLE"}}""", RouteReason.DestinationRuleNotMutual)]
    [InlineData("""{"tls":{}}""", RouteReason.DestinationRuleNotMutual)]
    [InlineData("""{"tls":{"mode":"DISABLE"},"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"ISTIO_MUTUAL"}}]}""", RouteReason.NetworkGateways)]
    [InlineData("""{"tls":{"mode":"ISTIO_MUTUAL"},"portLevelSettings":[{"port":{"number":81},"tls":{"mode":"DISABLE"}}]}""", RouteReason.NetworkGateways)]
    public void The_destination_rule_decides_alone(string policy, RouteReason expected)
    {
        var query = Query(rule: "{\"spec\":{\"trafficPolicy\":" + policy + "}}");
        Assert.Equal(expected, Why(query, Endpoint("10.0.0.1", "n2", tls: ""), TwoNetworks));
    }

    [Fact]
    public void A_subsets_port_comes_before_the_subset_before_the_rules_port_before_the_rule()
    {
        const string rule = """
            {"spec":{"host":"reviews.shop.svc.cluster.local","trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"}},"subsets":[
              {"name":"v1","labels":{"version":"v1"},"trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"},"portLevelSettings":[{"port":{"number":80},"tls":{"mode":"DISABLE"}}]}},
              {"name":"v2","labels":{"version":"v2"},"trafficPolicy":{"tls":{"mode":"DISABLE"}}},
              {"name":"v3","labels":{"version":"v3"}}]}}
            """;
        Assert.Equal(RouteReason.DestinationRuleNotMutual, Why(Query(rule: rule, subset: "v1"), Endpoint("10.0.0.1", "n2"), TwoNetworks));
        Assert.Equal(RouteReason.DestinationRuleNotMutual, Why(Query(rule: rule), Endpoint("10.0.0.1", "n2", version: "v2"), TwoNetworks));
        Assert.Equal(RouteReason.NetworkGateways, Why(Query(rule: rule, subset: "v3"), Endpoint("10.0.0.1", "n2", version: "v3"), TwoNetworks));
        Assert.Equal(RouteReason.OtherSubset, Why(Query(rule: rule, subset: "v3"), Endpoint("10.0.0.1", "n2", version: "v1"), TwoNetworks));
    }

    [Fact]
    public void The_nearest_peer_authentication_decides_and_of_two_the_older()
    {
        const string mesh = """{"metadata":{"name":"a","namespace":"istio-system"},"spec":{"mtls":{"mode":"DISABLE"}}}""";
        const string ns = """{"metadata":{"name":"b","namespace":"shop","creationTimestamp":"2025-01-01T00:00:00Z"},"spec":{"mtls":{"mode":"STRICT"}}}""";
        const string late = """{"metadata":{"name":"a","namespace":"shop","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"mtls":{"mode":"DISABLE"}}}""";
        const string pod = """{"metadata":{"name":"c","namespace":"shop"},"spec":{"selector":{"matchLabels":{"version":"v1"}},"portLevelMtls":{"8080":{"mode":"DISABLE"}}}}""";
        var endpoint = Endpoint("10.0.0.1", "n2");
        Assert.Equal(RouteReason.PeerAuthenticationDisabled, Why(Query(peers: [mesh]), endpoint, TwoNetworks));
        Assert.Equal(RouteReason.NetworkGateways, Why(Query(peers: [mesh, late, ns]), endpoint, TwoNetworks));
        Assert.Equal(RouteReason.PeerAuthenticationDisabled, Why(Query(peers: [ns, pod]), endpoint, TwoNetworks));
        Assert.Equal(RouteReason.NetworkGateways, Why(Query(peers: [ns, pod]), Endpoint("10.0.0.1", "n2", version: "v2"), TwoNetworks));
    }

    [Fact]
    public void Outlier_detection_lets_traffic_move_to_the_next_locality()
    {
        const string rule = """{"spec":{"host":"reviews.shop.svc.cluster.local","trafficPolicy":{"outlierDetection":{}}}}""";
        MeshEndpoint[] endpoints =
        [
            Endpoint("10.0.0.1", "n1", locality: "eu/a/1"), Endpoint("10.0.0.2", "n1", locality: "eu/a/2"),
            Endpoint("10.0.0.3", "n1", locality: "eu/b/1"), Endpoint("10.0.0.4", "n1", locality: "us/a/1"),
        ];
        var proxy = new EndpointProxy { Network = "n1", Locality = "eu/a/1" };
        Assert.Equal("eu/a/1#0=1: 10.0.0.1=1; eu/a/2#1=1: 10.0.0.2=1; eu/b/1#2=1: 10.0.0.3=1; us/a/1#3=1: 10.0.0.4=1", Assign(Query(rule: rule), endpoints, [], proxy));
        Assert.Equal("eu/a/2#0=1: 10.0.0.2=1; us/a/1#1=1: 10.0.0.4=1", Assign(Query(rule: rule), [endpoints[3], endpoints[1]], [], proxy));
        Assert.Equal("eu/a/1#0=1: 10.0.0.1=1; us/a/1#0=1: 10.0.0.4=1", Assign(Query(), [endpoints[0], endpoints[3]], [], proxy));
    }

    [Fact]
    public void Failover_by_labels_knows_what_all_endpoints_behind_a_gateway_share()
    {
        const string rule = """
            {"spec":{"host":"reviews.shop.svc.cluster.local","trafficPolicy":{"outlierDetection":{},
            "loadBalancer":{"localityLbSetting":{"failoverPriority":["version=v2","topology.istio.io/network"]}}}}}
            """;
        MeshEndpoint[] alike = [Endpoint("10.0.0.1", "n1"), Endpoint("20.0.0.1", "n2", version: "v2", locality: "a"), Endpoint("20.0.0.2", "n2", version: "v2")];
        Assert.Equal("#0=2: 2.2.2.2=2; #1=1: 10.0.0.1=1", Assign(Query(rule: rule), alike, TwoNetworks));
        MeshEndpoint[] mixed = [.. alike, Endpoint("20.0.0.3", "n2", version: "v1")];
        Assert.Equal("#0=4: 10.0.0.1=1 2.2.2.2=3", Assign(Query(rule: rule), mixed, TwoNetworks));
    }

    [Theory]
    [InlineData("""{"outlierDetection":{},"loadBalancer":{"localityLbSetting":{"enabled":false}}}""")]
    [InlineData("""{"loadBalancer":{"localityLbSetting":{"enabled":true}}}""")]
    public void Without_outlier_detection_or_switched_off_all_localities_are_alike(string policy)
    {
        var proxy = new EndpointProxy { Network = "n1", Locality = "eu" };
        Assert.Equal("eu#0=1: 10.0.0.1=1; us#0=1: 10.0.0.2=1", Assign(
            Query(rule: "{\"spec\":{\"trafficPolicy\":" + policy + "}}"), [Endpoint("10.0.0.1", "n1", locality: "eu"), Endpoint("10.0.0.2", "n1", locality: "us")], [], proxy));
    }

    [Fact]
    public void A_region_to_fail_over_to_comes_before_the_others()
    {
        const string rule = """{"spec":{"trafficPolicy":{"outlierDetection":{},"loadBalancer":{"localityLbSetting":{"failover":[{"from":"eu","to":"us"}]}}}}}""";
        MeshEndpoint[] endpoints = [Endpoint("10.0.0.1", "n1", locality: "asia"), Endpoint("10.0.0.2", "n1", locality: "us")];
        Assert.Equal("us#0=1: 10.0.0.2=1; asia#1=1: 10.0.0.1=1", Assign(Query(rule: rule), endpoints, [], new EndpointProxy { Network = "n1", Locality = "eu" }));
    }
}
