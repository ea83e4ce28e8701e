using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class ServicePortTests
{
    [Theory]
    [InlineData("http", null, "HTTP")]
    [InlineData("http-web", null, "HTTP")]
    [InlineData("grpc-web", null, "GRPC-WEB")]
    [InlineData("grpc-web-x", null, "GRPC-WEB")]
    [InlineData("grpc-api", null, "GRPC")]
    [InlineData("web", null, "TCP")]
    [InlineData("http2", null, "HTTP2")]
    [InlineData("HTTP-x", null, "HTTP")]
    [InlineData("http", "tcp", "TCP")]
    [InlineData("web", "kubernetes.io/h2c", "HTTP2")]
    [InlineData("http", "example.com/own", "TCP")]
    public void Detects_protocols_as_istio_does(string name, string? appProtocol, string protocol)
    {
        var port = new JsonObject { ["port"] = 80, ["name"] = name, ["appProtocol"] = appProtocol };
        Assert.Equal(new ServicePort(80, name, protocol), Assert.Single(Read(port)));
    }

    [Fact]
    public void Sorts_by_number_names_the_nameless_and_leaves_udp_out()
    {
        var ports = Read(new JsonObject { ["port"] = 90 }, new JsonObject { ["port"] = 53, ["protocol"] = "UDP" }, new JsonObject { ["port"] = 80, ["appProtocol"] = "http" });
        Assert.Equal([new ServicePort(80, "http-80", "HTTP"), new ServicePort(90, "tcp-90", "TCP")], ports);
    }

    [Theory]
    [InlineData("""{"spec":{"ports":[{"port":15443}]},"status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"},{"hostname":"b.example.com"}]}}}""", "2.2.2.2:15443 b.example.com:15443")]
    [InlineData("""{"spec":{"ports":[{"port":443,"targetPort":15443}],"externalIPs":["5.5.5.5"]}}""", "5.5.5.5:443")]
    [InlineData("""{"spec":{"type":"NodePort","ports":[{"port":15443,"nodePort":31000}]}}""", "7.7.7.7:31000 8.8.8.8:31000")]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":15443,"nodePort":31000}]}}""", "")]
    [InlineData("""{"spec":{"ports":[{"port":80}],"externalIPs":["5.5.5.5"]}}""", "")]
    public void Finds_where_a_gateway_is_reached(string service, string expected)
    {
        var gateway = Assert.IsType<MeshGateway>(FederationWorld.Parse(FederationWorld.DefaultDocument).Clusters[2].Gateway);
        string[] nodes =
        [
            """{"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"8.8.8.8"}]}}""",
            """{"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"ExternalIP","address":"7.7.7.7"}]}}""",
            """{"status":{"conditions":[{"type":"Ready","status":"False"}],"addresses":[{"type":"InternalIP","address":"9.9.9.9"}]}}""",
        ];
        var found = GatewayAddress.ReadAll(gateway, JsonNode.Parse(service) as JsonObject, nodes.Select(node => JsonNode.Parse(node) as JsonObject ?? []));
        Assert.Equal(expected, string.Join(' ', found.Select(address => $"{address.Host}:{address.Port}")));
    }

    private static ImmutableArray<ServicePort> Read(params JsonNode[] ports) =>
        ServicePort.ReadAll(new JsonObject { ["spec"] = new JsonObject { ["ports"] = new JsonArray(ports) } });
}
