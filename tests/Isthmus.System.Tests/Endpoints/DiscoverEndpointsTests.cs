using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Webhooks;
using Isthmus.System.Tests.Functions;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>Envoy's REST discovery against embedded clusters: what proxies get, and how it follows the clusters.</summary>
public sealed class DiscoverEndpointsTests : IAsyncLifetime
{
    private const string FromEast = "10.1.0.1=1 2.2.2.2=1";
    private const string FromWest = "1.1.1.1=1 10.2.0.1=1";

    private ServedMesh? _mesh;
    private FunctionsHost? _host;

    private ServedMesh Mesh => _mesh ?? throw new InvalidOperationException("not started");

    private FunctionsHost Host => _host ?? throw new InvalidOperationException("not started");

    private DiscoveryClient Proxy => new(Host);

    public async ValueTask InitializeAsync()
    {
        _mesh = await SplitMesh.StartAsync();
        _host = await DiscoveryClient.HostAsync(_mesh);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_mesh is not null) await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task Each_proxy_gets_its_own_view_and_nothing_where_it_has_it_already()
    {
        var east = await Proxy.AskAsync();
        Assert.Equal(FromEast, DiscoveryClient.Addresses(east));
        Assert.Equal(FromWest, DiscoveryClient.Addresses(await Proxy.AskAsync("west", "n2")));
        Assert.Equal(SplitMesh.Cluster, (string?)east["resources"]?[0]?["clusterName"]);
        Assert.Equal("eu", (string?)east["resources"]?[0]?["endpoints"]?[1]?["locality"]?["region"]);

        var version = (string?)east["versionInfo"] ?? "";
        var (status, text) = await Proxy.PostAsync(DiscoveryClient.Request("east", [SplitMesh.Cluster], version).ToJsonString());
        Assert.Equal((HttpStatusCode.NotModified, ""), (status, text));
        (status, _) = await Proxy.PostAsync(DiscoveryClient.Request("east", [SplitMesh.Cluster], "older").ToJsonString());
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Every_instance_gives_the_same_version()
    {
        await using var other = await DiscoveryClient.HostAsync(Mesh);
        Assert.Equal((string?)(await Proxy.AskAsync())["versionInfo"], (string?)(await new DiscoveryClient(other).AskAsync())["versionInfo"]);
    }

    [Fact]
    public async Task Answers_follow_endpoints_gateways_and_pods()
    {
        await Proxy.AskUntilAsync(FromEast);
        await Mesh.CreateAsync("west", ResourceKind.Pod, "{metadata: {name: c, namespace: shop, labels: {app: reviews, version: v3, security.istio.io/tlsMode: istio}}, spec: {containers: [{name: app, image: app}]}}");
        await Mesh.CreateAsync("west", ResourceKind.EndpointSlice, SplitMesh.Slice("reviews-2", "10.2.0.2", "c"));
        await Proxy.AskUntilAsync("10.1.0.1=1 2.2.2.2=2");
        await Mesh.MoveGatewayAsync("west", "2.2.2.9");
        await Proxy.AskUntilAsync("10.1.0.1=1 2.2.2.9=2");

        var pod = await Mesh.FindAsync("west", ResourceKind.Pod, "shop", "c") ?? [];
        pod["metadata"]?["labels"]?.AsObject().Remove("security.istio.io/tlsMode");
        await Mesh.Api("west").ReplaceAsync(ResourceKind.Pod, pod, TestContext.Current.CancellationToken);
        await Proxy.AskUntilAsync("10.1.0.1=1 2.2.2.9=1");

        var slice = await Mesh.FindAsync("east", ResourceKind.EndpointSlice, "shop", "reviews-1") ?? [];
        await Mesh.Api("east").DeleteAsync(ResourceKind.EndpointSlice, slice, TestContext.Current.CancellationToken);
        await Proxy.AskUntilAsync("2.2.2.9=1");
    }

    [Fact]
    public async Task Nothing_is_missed_when_a_watch_has_to_begin_anew()
    {
        await Proxy.AskUntilAsync(FromEast);
        Mesh.Cluster("west").Disconnect();
        Mesh.Cluster("west").Reconnect();
        // A read finds out that the connection is broken, and is sent again; a write would not be.
        await Mesh.FindAsync("west", ResourceKind.Pod, "shop", "b");
        await Mesh.CreateAsync("west", ResourceKind.EndpointSlice, SplitMesh.Slice("reviews-2", "10.2.0.2", "b"));
        Mesh.Cluster("west").Embedded.CompactHistory();
        await Proxy.AskUntilAsync("10.1.0.1=1 2.2.2.2=2");
    }

    [Fact]
    public async Task A_cluster_that_goes_silent_keeps_the_endpoints_that_it_had()
    {
        await Proxy.AskUntilAsync(FromEast);
        Mesh.Cluster("west").Disconnect();
        await Mesh.CreateAsync("east", ResourceKind.EndpointSlice, SplitMesh.Slice("reviews-2", "10.1.0.2", "a"));
        await Proxy.AskUntilAsync("10.1.0.1=1 10.1.0.2=1 2.2.2.2=1");
    }

    [Fact]
    public async Task Policies_of_the_control_plane_decide_about_mutual_tls_and_subsets()
    {
        await SplitMesh.DefinePeerAuthenticationAsync(Mesh);
        await Mesh.CreateAsync("east", SplitMesh.PeerAuthentication, "{metadata: {name: disabled, namespace: shop}, spec: {mtls: {mode: DISABLE}}}");
        Assert.Equal("10.1.0.1=1", DiscoveryClient.Addresses(await Proxy.AskAsync()));
        await Mesh.CreateAsync("east", ResourceKind.DestinationRule,
            "{metadata: {name: reviews, namespace: shop}, spec: {host: reviews, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, subsets: [{name: v2, labels: {version: v2}}]}}");
        await Proxy.AskUntilAsync(FromEast);
        await Proxy.AskUntilAsync("2.2.2.2=1", SplitMesh.Cluster.Replace("||", "|v2|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_there_has_no_endpoints_and_what_is_not_ours_is_left_out()
    {
        var response = await Proxy.AskAsync(names:
        [
            "outbound|80||none.shop.svc.cluster.local", "outbound|80||reviews.nowhere.svc.cluster.local", "outbound|81||reviews.shop.svc.cluster.local",
            "outbound|80|v9|reviews.shop.svc.cluster.local", "outbound|443||example.com", "outbound|80||reviews.shop.global", "inbound|8080||", "nonsense", SplitMesh.Cluster,
        ]);
        Assert.Equal(
            ["outbound|80||none.shop.svc.cluster.local", "outbound|80||reviews.nowhere.svc.cluster.local", "outbound|81||reviews.shop.svc.cluster.local", SplitMesh.Cluster],
            (response["resources"] as JsonArray ?? []).Select(resource => (string?)resource?["clusterName"]));
        Assert.Equal($"; ; ; {FromEast}", DiscoveryClient.Addresses(response));
    }

    [Theory]
    [InlineData("", "no body found")]
    [InlineData("[]", "the body is no JSON object")]
    [InlineData("{\"node\":", "the body is no JSON")]
    [InlineData("{\"resource_names\":[\"a\"]}", "node is missing")]
    [InlineData("{\"node\":{}}", "resource_names has to be a list")]
    public async Task Bad_requests_are_told_why(string body, string reason)
    {
        var (status, text) = await Proxy.PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_have_a_limit_and_a_type_and_proxies_their_own_cluster()
    {
        var (status, text) = await Proxy.PostAsync($"{{\"node\":{{\"id\":\"{new string('x', 1024 * 1024)}\"}}}}");
        Assert.Equal((HttpStatusCode.BadRequest, "the body is over 1 MiB"), (status, text));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Proxy.PostAsync("{}", type: "text/plain")).Status);
        (status, text) = await Proxy.PostAsync(DiscoveryClient.Request("east", [SplitMesh.Cluster], clusterId: "west").ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, "node.metadata.CLUSTER_ID is west, and this is the address of cluster east"), (status, text));
    }

    [Fact]
    public async Task A_token_opens_one_purpose_of_one_cluster_only()
    {
        var body = DiscoveryClient.Request("east", [SplitMesh.Cluster]).ToJsonString();
        foreach (var token in new[] { FunctionsHost.Token("east", WebhookPurpose.Inject), FunctionsHost.Token("west", WebhookPurpose.Endpoints), "none" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await Proxy.PostAsync(body, token: token)).Status);
    }
}
