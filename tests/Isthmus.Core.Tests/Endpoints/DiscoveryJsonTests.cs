using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Xunit;
using static Isthmus.Core.Tests.Endpoints.EndpointWorld;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>Answers as Envoy reads them.</summary>
public sealed class DiscoveryJsonTests
{
    [Fact]
    public void An_answer_holds_localities_endpoints_and_gateways_and_no_defaults()
    {
        var text = Text(Make([Endpoint("10.0.0.1", "n1", locality: "eu/a/", tls: ""), Endpoint("fd00::2", "n1"), Endpoint("20.0.0.1", "n2", locality: "eu/a/", weight: 3)]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","clusterName":"outbound|80||reviews.shop.svc.cluster.local","endpoints":[
              {"locality":{},"lbEndpoints":[
                {"endpoint":{"address":{"socketAddress":{"address":"fd00::2","portValue":8080}}},"healthStatus":"HEALTHY","loadBalancingWeight":1,
                 "metadata":{"filterMetadata":{"envoy.transport_socket_match":{"tlsMode":"istio"},"istio":{"workload":";shop;;;n1"}}}}],"loadBalancingWeight":1},
              {"locality":{"region":"eu","zone":"a"},"lbEndpoints":[
                {"endpoint":{"address":{"socketAddress":{"address":"10.0.0.1","portValue":8080}}},"healthStatus":"HEALTHY","loadBalancingWeight":1,
                 "metadata":{"filterMetadata":{"istio":{"workload":";shop;;;n1"}}}},
                {"endpoint":{"address":{"socketAddress":{"address":"2.2.2.2","portValue":15443}}},"loadBalancingWeight":3,
                 "metadata":{"filterMetadata":{"envoy.transport_socket_match":{"tlsMode":"istio"},"istio":{"workload":";;;;n1"}}}}],"loadBalancingWeight":4}]}
            """), JsonNode.Parse(text)), text);
    }

    [Fact]
    public void Priorities_below_the_first_are_written()
    {
        const string rule = """{"spec":{"host":"reviews.shop.svc.cluster.local","trafficPolicy":{"outlierDetection":{}}}}""";
        var text = Text(Make([Endpoint("10.0.0.1", "n1", locality: "eu/a/1"), Endpoint("10.0.0.2", "n1", locality: "us/a/1")], Query(rule: rule)));
        Assert.Equal(1, text.Split("\"priority\"").Length - 1);
        Assert.EndsWith("\"priority\":1}]}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_that_of_the_content()
    {
        var one = Make([Endpoint("10.0.0.1", "n1")]);
        Assert.Equal(one.Version, Make([Endpoint("10.0.0.1", "n1")]).Version);
        Assert.NotEqual(one.Version, Make([Endpoint("10.0.0.1", "n1", weight: 2)]).Version);
        Assert.Equal(one.Version, DiscoveredAssignment.VersionOf([one]));
        Assert.NotEqual(DiscoveredAssignment.VersionOf([one, DiscoveredAssignment.Empty("a")]), DiscoveredAssignment.VersionOf([one, DiscoveredAssignment.Empty("b")]));
    }

    [Fact]
    public void A_response_holds_version_nonce_type_and_every_answer()
    {
        var empty = DiscoveredAssignment.Empty("outbound|80|\"odd\"|a");
        var text = Encoding.UTF8.GetString(DiscoveryJson.Response("7", [empty, empty]).Span);
        const string one = """{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","clusterName":"outbound|80|\"odd\"|a"}""";
        Assert.Equal($$"""{"versionInfo":"7","resources":[{{one}},{{one}}],"typeUrl":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","nonce":"7"}""", text);
    }

    private static DiscoveredAssignment Make(MeshEndpoint[] endpoints, EndpointQuery? query = null) => DiscoveredAssignment.Make(new EndpointSnapshot
    {
        Query = query ?? Query(),
        Endpoints = endpoints,
        Gateways = new GatewayTable([Gateway("1.1.1.1", "n1"), Gateway("2.2.2.2", "n2")]),
        Proxy = new EndpointProxy { Network = "n1", Cluster = "n1", Locality = query is null ? "" : "eu/a/1" },
    });

    private static string Text(DiscoveredAssignment answer) => Encoding.UTF8.GetString(answer.Json.Span);
}
