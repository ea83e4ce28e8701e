using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class ServicePortTests
{
    /// <summary>Empty: Istio goes by the traffic.</summary>
    [Theory]
    [InlineData("http", null, "HTTP")]
    [InlineData("http-web", null, "HTTP")]
    [InlineData("https-web", null, "HTTPS")]
    [InlineData("http2", null, "HTTP2")]
    [InlineData("HTTP-x", null, "HTTP")]
    [InlineData("grpc-api", null, "GRPC")]
    [InlineData("grpc-web", null, "GRPC-WEB")]
    [InlineData("grpc-web-x", null, "GRPC-WEB")]
    [InlineData("grpcweb-x", null, "")]
    [InlineData("tls-x", null, "TLS")]
    [InlineData("tcp", null, "TCP")]
    [InlineData("mongo-db", null, "MONGO")]
    [InlineData("mysql", null, "MYSQL")]
    [InlineData("redis-a", null, "REDIS")]
    [InlineData("web", null, "")]
    [InlineData("httpd", null, "")]
    [InlineData("web-http", null, "")]
    [InlineData("http", "tcp", "TCP")]
    [InlineData("tcp", "HTTP", "HTTP")]
    [InlineData("web", "grpc-web", "GRPC-WEB")]
    [InlineData("web", "http_proxy", "HTTP_PROXY")]
    [InlineData("web", "http-own", "HTTP")]
    [InlineData("web", "kubernetes.io/h2c", "HTTP2")]
    [InlineData("web", "kubernetes.io/ws", "HTTP")]
    [InlineData("web", "kubernetes.io/wss", "HTTPS")]
    [InlineData("http", "kubernetes.io/H2C", "")]
    [InlineData("http", "example.com/own", "")]
    public void Detects_protocols_as_istio_does(string name, string? appProtocol, string protocol)
    {
        var port = new JsonObject { ["port"] = 80, ["name"] = name, ["appProtocol"] = appProtocol };
        Assert.Equal(new ServicePort(80, name, protocol), Assert.Single(Read(port)));
    }

    [Theory]
    [InlineData(25, "smtp", "TCP")]
    [InlineData(53, "dns", "TCP")]
    [InlineData(3306, "db", "TCP")]
    [InlineData(27017, "db", "TCP")]
    [InlineData(3306, "http", "HTTP")]
    [InlineData(5432, "db", "")]
    public void Never_waits_for_the_client_where_the_server_is_known_to_speak_first(int number, string name, string protocol) =>
        Assert.Equal(new ServicePort(number, name, protocol), Assert.Single(Read(new JsonObject { ["port"] = number, ["name"] = name })));

    [Fact]
    public void Sorts_by_number_names_the_nameless_and_leaves_udp_out()
    {
        var service = Service(
            new JsonObject { ["port"] = 90 },
            new JsonObject { ["port"] = 53, ["protocol"] = "UDP" },
            new JsonObject { ["port"] = 81, ["name"] = "udp-x" },
            new JsonObject { ["port"] = 80, ["appProtocol"] = "http" },
            new JsonObject { ["port"] = 91, ["name"] = new string('x', 63) });
        Assert.Equal([new ServicePort(80, "http-80", "HTTP"), new ServicePort(90, "port-90", ""), new ServicePort(91, "port-91", "")], ServicePort.ReadAll(service));
        Assert.Equal(["53/UDP", "81 (by its name Istio takes it for UDP)"], ServicePort.LeftOut(service));
    }

    [Fact]
    public void A_port_without_a_protocol_has_none_in_the_ServiceEntry_either_also_when_it_had_one_before()
    {
        var world = new FederationWorld();
        world.Export("west", "shop", "reviews");
        world.Run();
        Assert.Equal("""[{"number":9080,"name":"http","protocol":"HTTP"}]""", Ports(world));
        world.Export("west", "shop", "reviews", """[{"name":"web","port":9080}]""");
        world.Run();
        Assert.Equal("""[{"number":9080,"name":"web"}]""", Ports(world));
        Assert.False(world.Plan().HasWrites);
        // Its memory says the same while its cluster is silent.
        world.Silent.Add("west");
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void One_that_names_the_protocol_and_one_that_leaves_it_to_the_traffic_disagree()
    {
        var world = new FederationWorld();
        world.Export("west", "shop", "reviews", """[{"name":"web","port":9080}]""");
        world.Run();
        world.Now = world.Now.AddMinutes(1);
        world.Export("north", "shop", "reviews");
        world.Run();
        var problem = world.Get("north", ResourceKind.Service, "shop", "reviews").Annotation(FederationNames.ProblemAnnotation);
        Assert.StartsWith("left out: its ports are 9080/HTTP and not 9080/auto, which west exported first", problem, StringComparison.Ordinal);
    }

    private static string? Ports(FederationWorld world) => world.Spec("east", ResourceKind.ServiceEntry, "reviews.shop.global")["ports"]?.ToJsonString();

    private static ImmutableArray<ServicePort> Read(params JsonNode[] ports) => ServicePort.ReadAll(Service(ports));

    private static JsonObject Service(params JsonNode[] ports) => new() { ["spec"] = new JsonObject { ["ports"] = new JsonArray(ports) } };
}
