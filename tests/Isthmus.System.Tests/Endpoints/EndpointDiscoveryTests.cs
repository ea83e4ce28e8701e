using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.System.Tests.Reconcilers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>What an instance holds of the clusters, and for how long.</summary>
public sealed class EndpointDiscoveryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly WatchedRequests _requests = new();
    private ServedMesh? _mesh;
    private ClusterConnections? _connections;
    private EndpointFeeds? _feeds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServedMesh Mesh => _mesh ?? throw new InvalidOperationException("not started");

    private EndpointFeeds Feeds => _feeds ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _mesh = await SplitMesh.StartAsync();
        _connections = new ClusterConnections(new FileMeshDocumentSource(_mesh.DocumentPath), new ClusterApiOptions { Handler = _requests.Handler }, TimeProvider.System);
        _feeds = new EndpointFeeds(_connections, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _feeds?.Dispose();
        _connections?.Dispose();
        if (_mesh is not null) await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_cluster_that_was_never_read_is_waited_for_and_then_left_out()
    {
        await Mesh.WriteDocumentAsync([.. SplitMesh.Entries, "name: south, network: n3, controlPlane: east"]);
        var discovery = Discovery();
        var first = Assert.IsType<DiscoveryAnswer.NotReady>(await AskAsync(discovery));
        Assert.StartsWith("cluster south could not be read yet", first.Reason, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.IsType<DiscoveryAnswer.Fresh>(await AskAsync(discovery));
    }

    [Fact]
    public async Task The_clusters_are_read_once_for_all_questions_and_again_when_an_event_says_so()
    {
        var discovery = Discovery();
        for (var i = 0; i < 5; i++)
            Assert.IsType<DiscoveryAnswer.Fresh>(await AskAsync(discovery));
        Assert.Equal(2, Lists());
        // Bound to come only after the watches stand.
        await UntilAsync(() => _requests.Sent.Count(request => request.Contains("/namespaces/shop/services?watch", StringComparison.Ordinal)) >= 2);
        Feeds.Refresh("shop");
        await UntilAsync(() => Lists() >= 4);
        Assert.IsType<DiscoveryAnswer.Fresh>(await AskAsync(discovery));
    }

    [Fact]
    public async Task Namespaces_that_are_not_there_are_not_asked_for()
    {
        Assert.IsType<DiscoveryAnswer.Fresh>(await AskAsync(Discovery(), "outbound|80||a.nowhere.svc.cluster.local"));
        Assert.DoesNotContain(_requests.Sent, request => request.Contains("nowhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_asks_for_any_more_is_dropped()
    {
        Assert.IsType<DiscoveryAnswer.Fresh>(await AskAsync(Discovery()));
        Assert.NotEqual(0, Feeds.Count);
        await UntilAsync(() =>
        {
            // Watches are given up past their end, and nothing is begun again.
            _time.Advance(TimeSpan.FromMinutes(11));
            return Feeds.Count == 0;
        });
    }

    private int Lists() => _requests.Sent.Count(request => request.Contains("/namespaces/shop/services?limit", StringComparison.Ordinal));

    private EndpointDiscovery Discovery() => new(new FileMeshDocumentSource(Mesh.DocumentPath), Feeds, _time);

    private async Task<DiscoveryAnswer> AskAsync(EndpointDiscovery discovery, string name = SplitMesh.Cluster)
    {
        var document = await new FileMeshDocumentSource(Mesh.DocumentPath).ReadAsync(Cancel);
        var east = document.Find(new ClusterName("east")) ?? throw new InvalidOperationException("east");
        return await discovery.AnswerAsync(east, DiscoveryClient.Request("east", [name]), Cancel);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
