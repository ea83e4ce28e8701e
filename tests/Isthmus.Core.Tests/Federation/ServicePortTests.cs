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

    private static ImmutableArray<ServicePort> Read(params JsonNode[] ports) =>
        ServicePort.ReadAll(new JsonObject { ["spec"] = new JsonObject { ["ports"] = new JsonArray(ports) } });
}
