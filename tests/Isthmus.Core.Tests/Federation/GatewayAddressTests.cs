using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class GatewayAddressTests
{
    private static readonly JsonObject[] Nodes = [.. new[]
    {
        """{"metadata":{"labels":{"pool":"edge"}},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"8.8.8.8"},{"type":"InternalIP","address":"fd00::8"}]}}""",
        """{"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"ExternalIP","address":"7.7.7.7"}]}}""",
        """{"status":{"conditions":[{"type":"Ready","status":"False"}],"addresses":[{"type":"InternalIP","address":"9.9.9.9"}]}}""",
        """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"9.9.9.8"}]}}""",
    }.Select(Json)];

    [Theory]
    [InlineData("""{"spec":{"ports":[{"port":15443}]},"status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"},{"hostname":"b.example.com"}]}}}""", "2.2.2.2:15443 b.example.com:15443")]
    [InlineData("""{"spec":{"ports":[{"port":15443}]},"status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"},{"ip":"2001:db8::1"}]}}}""", "2.2.2.2:15443 [2001:db8::1]:15443")]
    [InlineData("""{"spec":{"ports":[{"port":443,"targetPort":15443}],"externalIPs":["5.5.5.5"]}}""", "5.5.5.5:443")]
    [InlineData("""{"metadata":{"labels":{"networking.istio.io/gatewayPort":"8443"}},"spec":{"ports":[{"port":15443},{"port":8443,"targetPort":"mtls"}],"externalIPs":["5.5.5.5"]}}""", "5.5.5.5:8443")]
    [InlineData("""{"metadata":{"annotations":{"networking.istio.io/gatewayPort":"8443"}},"spec":{"type":"NodePort","ports":[{"port":8443,"nodePort":31001}]}}""", "7.7.7.7:31001 8.8.8.8:31001 [fd00::8]:31001")]
    [InlineData("""{"spec":{"type":"NodePort","ports":[{"port":15443,"nodePort":31000}]}}""", "7.7.7.7:31000 8.8.8.8:31000 [fd00::8]:31000")]
    [InlineData("""{"metadata":{"annotations":{"traffic.istio.io/nodeSelector":"{\"pool\":\"edge\"}"}},"spec":{"type":"NodePort","ports":[{"port":15443,"nodePort":31000}]}}""", "8.8.8.8:31000 [fd00::8]:31000")]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":15443,"nodePort":31000}]}}""", "")]
    [InlineData("""{"spec":{"ports":[{"port":15443,"protocol":"UDP"}],"externalIPs":["5.5.5.5"]}}""", "")]
    [InlineData("""{"spec":{"ports":[{"port":80}],"externalIPs":["5.5.5.5"]}}""", "")]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"ports":[{"port":15443}],"externalIPs":["5.5.5.5"]}}""", "")]
    public void Finds_where_a_gateway_is_reached(string service, string expected) =>
        Assert.Equal(expected, string.Join(' ', GatewayAddress.ReadAll(Discovered(), Json(service), Nodes)));

    [Theory]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":15443}]}}""", "no address yet")]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""", "no TCP port 15443")]
    [InlineData("""{"spec":{"type":"ClusterIP","ports":[{"port":15443}]}}""", "inside the cluster only")]
    [InlineData("""{"spec":{"ports":[{"port":15443}],"externalIPs":["5.5.5.5"]}}""", null)]
    [InlineData(null, "is not there")]
    public void Says_why_a_gateway_has_no_address(string? service, string? reason)
    {
        var problem = GatewayAddress.Problem(Discovered(), service is null ? null : Json(service), []);
        if (reason is null)
            Assert.Null(problem);
        else
            Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"spec":{"ports":[{"port":15443,"targetPort":15443},{"port":443,"targetPort":15443}]}}""", "15443 443")]
    [InlineData("""{"spec":{"ports":[{"port":15443,"targetPort":8443}]}}""", "15443 8443")]
    [InlineData("""{"spec":{"ports":[{"port":443,"targetPort":15443}]}}""", "15443 443")]
    [InlineData("""{"metadata":{"labels":{"networking.istio.io/gatewayPort":"8443"}},"spec":{"ports":[{"port":8443,"targetPort":"mtls"}]}}""", "8443")]
    [InlineData(null, "15443")]
    public void Knows_by_which_numbers_a_gateway_means_its_listener(string? service, string expected) =>
        Assert.Equal(expected, string.Join(' ', GatewayAddress.ServerPorts(service is null ? null : Json(service))));

    [Theory]
    [InlineData("20.1.2.3", "20.1.2.3", 15443)]
    [InlineData("20.1.2.3:443", "20.1.2.3", 443)]
    [InlineData("gw.example.com:8443", "gw.example.com", 8443)]
    [InlineData("2001:db8::1", "2001:db8::1", 15443)]
    [InlineData("[2001:db8::1]:443", "2001:db8::1", 443)]
    public void Reads_given_addresses_with_and_without_a_port(string text, string host, int port)
    {
        Assert.True(GatewayAddress.TryParse(text, out var address));
        Assert.Equal(new GatewayAddress(host, port), address);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("20.1.2")]
    [InlineData("20.1.2.3:0")]
    [InlineData("20.1.2.3:70000")]
    [InlineData("[gw.example.com]:443")]
    [InlineData("[2001:db8::1]")]
    [InlineData("Gw.example.com")]
    [InlineData("")]
    [InlineData(":443")]
    public void Refuses_what_is_no_address(string text) => Assert.False(GatewayAddress.TryParse(text, out _));

    private static MeshGateway Discovered() =>
        Assert.IsType<MeshGateway>(FederationWorld.Parse(FederationWorld.DefaultDocument).Clusters[2].Gateway);

    private static JsonObject Json(string text) => Assert.IsType<JsonObject>(JsonNode.Parse(text));
}
