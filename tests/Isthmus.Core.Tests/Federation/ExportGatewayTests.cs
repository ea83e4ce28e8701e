using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

/// <summary>Ours beside Gateways of others on the same pods and port.</summary>
public sealed class ExportGatewayTests
{
    private const string Reviews = "reviews.shop.svc.cluster.local";
    private const string Ratings = "ratings.shop.svc.cluster.local";

    [Theory]
    // Another's Gateway lists one of our hosts: ours leaves it out.
    [InlineData("""{"istio":"eastwestgateway"}""", 15443, "TLS", "AUTO_PASSTHROUGH", Reviews, Ratings, "already")]
    [InlineData("""{"istio":"eastwestgateway"}""", 15443, "TLS", "SIMPLE", "shop/" + Reviews, Ratings, "already")]
    [InlineData("{}", 15443, "HTTPS", "SIMPLE", Reviews, Ratings, "already")]
    // The Service maps 443 to the same listener.
    [InlineData("""{"istio":"eastwestgateway"}""", 443, "TLS", "AUTO_PASSTHROUGH", Reviews, Ratings, "already")]
    [InlineData("""{"istio":"eastwestgateway"}""", 443, "TLS", "AUTO_PASSTHROUGH", "*.shop.svc.cluster.local", null, "exposes everything")]
    // Pods that the Service selects by more labels than the other Gateway asks for.
    [InlineData("""{"app":"gw"}""", 15443, "TLS", "AUTO_PASSTHROUGH", "*", null, "exposes everything")]
    [InlineData("""{"istio":"eastwestgateway"}""", 15443, "HTTP", null, "*", Ratings + " " + Reviews, "speaks HTTP")]
    // Other pods, other ports, other hosts.
    [InlineData("""{"istio":"ingressgateway"}""", 15443, "TLS", "AUTO_PASSTHROUGH", Reviews, Ratings + " " + Reviews, null)]
    [InlineData("""{"istio":"eastwestgateway"}""", 8443, "TLS", "AUTO_PASSTHROUGH", Reviews, Ratings + " " + Reviews, null)]
    [InlineData("""{"istio":"eastwestgateway"}""", 15443, "TLS", "PASSTHROUGH", "*.example.com", Ratings + " " + Reviews, null)]
    public void Steps_back_from_what_istio_could_not_serve_beside_it(
        string selector, int port, string protocol, string? mode, string host, string? hosts, string? told)
    {
        var world = World();
        var tls = mode is null ? "" : $$""","tls":{"mode":"{{mode}}"}""";
        world.Put("west", ResourceKind.Gateway, "istio-system", "other", $$$"""
            {"spec":{"selector":{{{selector}}},"servers":[{"port":{"number":{{{port}}},"protocol":"{{{protocol}}}"},"hosts":["{{{host}}}"]{{{tls}}}}]}}
            """);
        var plan = world.Run();
        Assert.Equal(hosts, Hosts(world));
        var reasons = plan.Actions.OfType<PlannedAction.Skipped>().Where(skipped => skipped.Id.Kind == ResourceKind.Gateway).Select(skipped => skipped.Reason).ToList();
        if (told is null)
            Assert.Empty(reasons);
        else
            Assert.Contains(told, Assert.Single(reasons), StringComparison.Ordinal);
        Assert.False(world.Plan().HasWrites);
    }

    [Fact]
    public void Stands_in_the_gateways_namespace_where_istiod_asks_for_that_and_moves_when_it_does()
    {
        var world = World();
        world.Run();
        world.Scoped.Add("west");
        // What would be in the way elsewhere selects nothing here.
        world.Put("west", ResourceKind.Gateway, "other", "everything", """{"spec":{"selector":{},"servers":[{"port":{"number":15443,"protocol":"TLS"},"tls":{"mode":"AUTO_PASSTHROUGH"},"hosts":["*.local"]}]}}""");
        world.Run(new ServiceName("shop", "reviews"));
        Assert.Null(world.Find("west", ResourceKind.Gateway, "isthmus-exports-shop"));
        Assert.True(world.State.ContainsKey(FederationWorld.Id("west", ResourceKind.Gateway, "istio-system", "isthmus-exports-shop")));
        Assert.False(world.Plan().HasWrites);
        world.Unexport("west", "shop", "reviews");
        world.Unexport("west", "shop", "ratings");
        world.Run();
        Assert.DoesNotContain(world.State, entry => entry.Key.Kind == ResourceKind.Gateway && Ownership.IsOurs(entry.Value, "m"));
    }

    [Fact]
    public void Names_the_port_by_which_istio_finds_the_listener()
    {
        var world = World();
        world.Put("west", ResourceKind.Service, "istio-system", "gw", """
            {"metadata":{"annotations":{"networking.istio.io/gatewayPort":"8443"}},"spec":{"type":"LoadBalancer","selector":{"istio":"eastwestgateway"},"ports":[{"port":8443,"targetPort":"mtls"}]},
             "status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"}]}}}
            """);
        world.Run();
        Assert.Equal(8443, (int?)world.Spec("west", ResourceKind.Gateway, "isthmus-exports-shop")["servers"]?[0]?["port"]?["number"]);
        Assert.Equal("""{"http":8443}""", world.Spec("east", ResourceKind.ServiceEntry, "reviews.shop.global")["endpoints"]?[0]?["ports"]?.ToJsonString());
    }

    private static FederationWorld World()
    {
        var world = new FederationWorld();
        world.Put("west", ResourceKind.Service, "istio-system", "gw", """
            {"spec":{"type":"LoadBalancer","selector":{"istio":"eastwestgateway","app":"gw"},"ports":[{"port":15443,"targetPort":15443},{"port":443,"targetPort":15443}]},
             "status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"}]}}}
            """);
        world.Export("west", "shop", "reviews");
        world.Export("west", "shop", "ratings");
        return world;
    }

    private static string? Hosts(FederationWorld world) =>
        world.Find("west", ResourceKind.Gateway, "isthmus-exports-shop")?["spec"]?["servers"]?[0]?["hosts"] is JsonArray hosts ? string.Join(' ', hosts.Select(ObjectMetadata.TextOf)) : null;
}
