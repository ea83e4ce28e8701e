using Isthmus.Cli.Endpoints;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary><c>isthmus endpoints</c> against embedded clusters: east with its istiod, west under it on a network of its own.</summary>
public sealed class LiveEndpointsTests : IAsyncLifetime
{
    private const string Direct = "10.1.0.1:8080 (east, n1, eu/a/): direct; rule 6: on the proxy's network";
    private const string Behind = "10.2.0.1:8080 (west, n2): behind 2.2.2.2:15443; rule 5: by the gateways of its cluster";

    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private ServedMesh? _mesh;

    private ServedMesh Mesh => _mesh ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _mesh = await SplitMesh.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_mesh is not null) await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task Own_endpoints_are_direct_and_others_behind_their_gateway()
    {
        Assert.Equal(0, await RunAsync(explain: true));
        Assert.Equal([Direct, Behind], Lines());
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task The_answer_holds_the_gateway_with_the_weight_behind_it()
    {
        Assert.Equal(0, await RunAsync());
        var answer = Assert.Single(Lines());
        Assert.Contains("\"address\":\"10.1.0.1\",\"port\":8080,\"weight\":1", answer, StringComparison.Ordinal);
        Assert.Contains("\"address\":\"2.2.2.2\",\"port\":15443,\"weight\":1", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("10.2.0.1", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pods_own_settings_say_who_asks()
    {
        await Mesh.CreateAsync("west", ResourceKind.Pod,
            "{metadata: {name: client, namespace: shop}, spec: {containers: [{name: istio-proxy, image: proxy, env: [{name: ISTIO_META_NETWORK, value: n2}, {name: ISTIO_META_REQUESTED_NETWORK_VIEW, value: n2}]}]}}");
        Assert.Equal(0, await RunAsync(cluster: "west", proxy: "shop/client", explain: true));
        Assert.Equal(
            [
                "10.1.0.1:8080 (east, n1, eu/a/): left out; rule 1: its network is outside the proxy's requested network view",
                "10.2.0.1:8080 (west, n2): direct; rule 6: on the proxy's network",
            ],
            Lines());
    }

    [Fact]
    public async Task Policies_of_the_control_plane_decide_about_mutual_tls_and_subsets()
    {
        await SplitMesh.DefinePeerAuthenticationAsync(Mesh);
        await Mesh.CreateAsync("east", SplitMesh.PeerAuthentication, "{metadata: {name: disabled, namespace: shop}, spec: {mtls: {mode: DISABLE}}}");
        Assert.Equal(0, await RunAsync(explain: true));
        Assert.Contains("10.2.0.1:8080 (west, n2): left out; rule 7", Lines()[1], StringComparison.Ordinal);

        await Mesh.CreateAsync("east", ResourceKind.DestinationRule,
            "{metadata: {name: reviews, namespace: shop}, spec: {host: reviews, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, subsets: [{name: v2, labels: {version: v2}}]}}");
        _output.GetStringBuilder().Clear();
        Assert.Equal(0, await RunAsync(host: "outbound|80|v2|reviews.shop.svc.cluster.local", port: null, explain: true));
        Assert.Contains("left out; lacks the subset's labels", Lines()[0], StringComparison.Ordinal);
        Assert.Equal(Behind, Lines()[1]);
    }

    [Theory]
    [InlineData("reviews.shop", 81, "east", "reviews.shop.svc.cluster.local has no TCP port 81; it has 80.")]
    [InlineData("other.shop", 80, "east", "no cluster under this control plane has a Service for other.shop.svc.cluster.local.")]
    [InlineData("reviews.shop", null, "east", "--port is missing")]
    [InlineData("reviews.shop.global", 80, "east", "is a global name")]
    [InlineData("example.org.com", 80, "east", "is no Service: write NAME.NAMESPACE")]
    [InlineData("outbound|x||a", null, "east", "is not outbound|PORT|SUBSET|HOST")]
    [InlineData("outbound|80|v9|reviews.shop.svc.cluster.local", null, "east", "has a subset 'v9'")]
    [InlineData("reviews.shop", 80, "nowhere", "has no such cluster. It has: east, west.")]
    public async Task What_cannot_be_answered_is_told_with_what_to_do(string host, int? port, string cluster, string message)
    {
        Assert.Equal(1, await RunAsync(host, port, cluster));
        Assert.Contains(message, _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_service_without_endpoints_is_told()
    {
        await Mesh.ServeAsync("east", "empty");
        Assert.Equal(0, await RunAsync("empty.shop", explain: true));
        Assert.Empty(Lines());
        Assert.Contains("empty.shop.svc.cluster.local has no endpoints: no EndpointSlice of the Service holds an address.", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_is_none_is_told()
    {
        Assert.Equal(1, await RunAsync(proxy: "shop/none"));
        Assert.Equal(1, await RunAsync(proxy: "shop/a"));
        Assert.Equal(1, await RunAsync(proxy: "shop"));
        var errors = _errors.ToString();
        Assert.Contains("--proxy shop/none: cluster east has no such pod.", errors, StringComparison.Ordinal);
        Assert.Contains("--proxy shop/a: the pod has no container istio-proxy", errors, StringComparison.Ordinal);
        Assert.Contains("--proxy 'shop': write NAMESPACE/POD.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_out_of_reach_is_told_and_the_others_are_answered()
    {
        await Mesh.WriteDocumentAsync([.. SplitMesh.Entries, "name: south, network: n3, controlPlane: east"]);
        Assert.Equal(1, await RunAsync(explain: true));
        Assert.Equal([Direct, Behind], Lines());
        Assert.Contains("The answer is not whole: cluster south", _errors.ToString(), StringComparison.Ordinal);
    }

    private string[] Lines() => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private Task<int> RunAsync(string host = "reviews.shop", int? port = 80, string cluster = "east", string? proxy = null, bool explain = false) =>
        new LiveEndpointsRun(_output, _errors).RunAsync(
            new LiveRequest { Mesh = Mesh.DocumentPath, Host = host, Port = port, Cluster = cluster, Proxy = proxy, Explain = explain }, TestContext.Current.CancellationToken);
}
