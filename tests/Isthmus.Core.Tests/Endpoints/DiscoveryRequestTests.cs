using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Endpoints;

/// <summary>What a proxy says of itself and asks for.</summary>
public sealed class DiscoveryRequestTests
{
    private static readonly MeshDocument Document = MeshDocument.Parse("""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test, generation: 1}
        spec:
          dns: none
          clusters:
          - {name: east, network: n1, access: {kubeconfig: east.yaml}}
          - {name: west, network: n2, controlPlane: east, access: {kubeconfig: west.yaml}}
        """).Document ?? throw new InvalidDataException("the document is not valid");

    // As Envoy 1.30 writes it, original field names and all.
    private const string FromEnvoy = """
        {"version_info":"abc","node":{"id":"sidecar~10.1.0.7~client-5d9.web~web.svc.cluster.local","cluster":"client.web",
         "metadata":{"NETWORK":"n1","CLUSTER_ID":"east","NAMESPACE":"web","NODE_NAME":"node-1","LABELS":{"app":"client","version":"v1"},
           "INSTANCE_IPS":"10.1.0.7,fd00::7","REQUESTED_NETWORK_VIEW":"n1,n2","PROXY_CONFIG":{"concurrency":2}},
         "locality":{"region":"eu","zone":"a","sub_zone":"rack1"},"user_agent_name":"envoy","extensions":[{"name":"envoy.filters.http.router"}]},
         "resource_names":["outbound|80||reviews.shop.svc.cluster.local"],"type_url":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"}
        """;

    [Fact]
    public void Envoys_own_request_is_read()
    {
        var request = Request(FromEnvoy);
        Assert.Equal("abc", request.Version);
        Assert.Equal(["outbound|80||reviews.shop.svc.cluster.local"], request.ResourceNames);
        var proxy = Proxy(request.Node);
        Assert.Equal(("n1", "east", "web", "node-1", "eu/a/rack1"), (proxy.Network, proxy.Cluster, proxy.Namespace, proxy.Node, proxy.Locality));
        Assert.Equal("v1", proxy.Labels["version"]);
        Assert.Equal(["n1", "n2"], proxy.RequestedNetworkView);
        Assert.True(proxy.UsesIPv4 && proxy.UsesIPv6 && !proxy.IsRouter);
    }

    [Fact]
    public void Camel_case_is_read_as_well()
    {
        var request = Request("""
            {"versionInfo":"1","responseNonce":"1","resourceNames":["outbound|80||a.b.svc.cluster.local"],
             "typeUrl":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
             "node":{"id":"router~fd00::1~gw-1.istio-system~istio-system.svc.cluster.local","locality":{"region":"eu","subZone":"r"}}}
            """);
        Assert.Equal("1", request.Version);
        var proxy = Proxy(request.Node);
        Assert.Equal(("", "istio-system", "eu//r"), (proxy.Network, proxy.Namespace, proxy.Locality));
        Assert.True(proxy.IsRouter && proxy.UsesIPv6 && !proxy.UsesIPv4);
    }

    [Fact]
    public void The_pods_label_comes_before_its_nodes_place_and_that_before_what_the_proxy_was_started_with()
    {
        var node = Request(FromEnvoy).Node;
        Assert.Equal("us/b/", Proxy(node, name => name == "node-1" ? "us/b/" : "").Locality);
        node["metadata"]?["LABELS"]?["istio-locality"] = "asia.c";
        Assert.Equal("asia/c", Proxy(node, _ => "us/b/").Locality);
    }

    [Theory]
    [InlineData("{}", "node is missing")]
    [InlineData("""{"node":"me","resource_names":["a"]}""", "node is missing")]
    [InlineData("""{"node":{}}""", "resource_names has to be a list")]
    [InlineData("""{"node":{},"resource_names":[]}""", "resource_names has to be a list")]
    [InlineData("""{"node":{},"resource_names":["a",5]}""", "resource_names has to hold strings")]
    [InlineData("""{"node":{},"resource_names":[""]}""", "resource_names has to hold strings")]
    [InlineData("""{"node":{},"resource_names":["a"],"version_info":5}""", "version_info has to be a string")]
    [InlineData("""{"node":{},"resource_names":["a"],"response_nonce":{}}""", "response_nonce has to be a string")]
    [InlineData("""{"node":{},"resource_names":["a"],"type_url":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}""", "type_url has to be type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment")]
    public void What_cannot_be_answered_is_told_why(string body, string reason)
    {
        Assert.Null(DiscoveryRequest.Read(Read(body), out var told));
        Assert.StartsWith(reason, told, StringComparison.Ordinal);
    }

    [Fact]
    public void More_names_than_any_proxy_asks_for_are_refused()
    {
        var body = new JsonObject { ["node"] = new JsonObject(), ["resource_names"] = new JsonArray([.. Enumerable.Range(0, 1001).Select(i => (JsonNode)$"{i}")]) };
        Assert.Null(DiscoveryRequest.Read(body, out var reason));
        Assert.Contains("1001", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_of_another_cluster_is_told_so_and_one_with_an_unknown_name_is_taken_for_ours()
    {
        var node = Request(FromEnvoy).Node;
        node["metadata"]?["CLUSTER_ID"] = "west";
        Assert.Null(DiscoveryNode.Read(node, Document, Cluster, _ => "", out var reason));
        Assert.Equal("node.metadata.CLUSTER_ID is west, and this is the address of cluster east", reason);
        node["metadata"]?["CLUSTER_ID"] = "Kubernetes";
        Assert.Equal("east", Proxy(node).Cluster);
        node["metadata"] = "none";
        Assert.Null(DiscoveryNode.Read(node, Document, Cluster, _ => "", out reason));
        Assert.StartsWith("node.metadata has to be an object", reason, StringComparison.Ordinal);
    }

    private static MeshCluster Cluster => Document.Find(new ClusterName("east")) ?? throw new InvalidDataException("east");

    private static DiscoveryRequest Request(string body) => DiscoveryRequest.Read(Read(body), out var reason) ?? throw new InvalidOperationException(reason);

    private static EndpointProxy Proxy(JsonObject node, Func<string, string>? localityOf = null) =>
        DiscoveryNode.Read(node, Document, Cluster, localityOf ?? (_ => ""), out var reason) ?? throw new InvalidOperationException(reason);

    private static JsonObject Read(string text) => JsonNode.Parse(text)?.AsObject() ?? throw new InvalidDataException("no object");
}
