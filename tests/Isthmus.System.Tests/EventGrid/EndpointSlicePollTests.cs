using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Federation;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Functions;
using Isthmus.System.Tests.Gateways;
using Isthmus.System.Tests.Reconcilers;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

/// <summary>West's and north's EndpointSlices are listed; east's webhook tells of them.</summary>
public sealed class EndpointSlicePollTests : IAsyncLifetime
{
    private readonly RecordedEvents _events = new();
    private EmbeddedMesh? _started;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EmbeddedMesh Mesh => _started ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _started = await EmbeddedMesh.StartAsync();
        await Mesh.WriteDocumentAsync(document => document.Replace("network: n-west,", "network: n-west, webhook: {endpointSlices: poll},", StringComparison.Ordinal)
            .Replace("network: n-north,", "network: n-north, webhook: {endpointSlices: poll},", StringComparison.Ordinal));
        foreach (var cluster in new[] { "east", "north", "west" })
        {
            await Mesh.ExportAsync(cluster);
            await SliceAsync(cluster, "reviews", FederationNames.ExportLabel, 1);
        }
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    [Fact]
    public async Task What_changed_since_the_last_look_is_published_and_nothing_else()
    {
        var poll = new PollEndpointSlices(Mesh.SlicePoll(_events));
        await LookAsync(poll);
        Assert.Equal([], _events.Take());

        await LookAsync(poll);
        Assert.Equal([], _events.Take());

        await ReadyAsync("west", "reviews", 2);
        await LookAsync(poll);
        Assert.Equal(["shop/reviews"], _events.Take());

        // What we do not read of a slice, and what a webhook tells of, is no news.
        await ChangeAsync("west", "reviews", slice => slice["ports"] = JsonNode.Parse("""[{"name":"http","port":9080}]"""));
        await ReadyAsync("east", "reviews", 3);
        await LookAsync(poll);
        Assert.Equal([], _events.Take());

        await SliceAsync("north", "ratings", FederationNames.ExportedLabel, 1);
        await LookAsync(poll);
        Assert.Equal(["shop/ratings"], _events.Take());

        await DeleteAsync("north", "ratings");
        await LookAsync(poll);
        Assert.Equal(["shop/ratings"], _events.Take());
    }

    [Fact]
    public async Task What_is_published_brings_the_weights_in_order()
    {
        await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var poll = Mesh.SlicePoll(_events);
        await poll.RunAsync(Cancel);
        await ReadyAsync("west", "reviews", 3);
        await poll.RunAsync(Cancel);
        Assert.Equal(["shop/reviews"], _events.Take());
        Assert.True((await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        var endpoints = Assert.IsType<JsonArray>((await Mesh.EntryAsync("east"))?["spec"]?["endpoints"]);
        Assert.Equal([1, 1, 3], endpoints.Select(endpoint => endpoint?["weight"]?.GetValue<int>() ?? 0));
    }

    [Fact]
    public async Task What_could_not_be_published_is_found_again()
    {
        var topic = new BrokenTopic(_events);
        var poll = Mesh.SlicePoll(topic);
        await poll.RunAsync(Cancel);
        await ReadyAsync("west", "reviews", 2);
        topic.IsBroken = true;
        await poll.RunAsync(Cancel);
        Assert.Equal([], _events.Take());
        topic.IsBroken = false;
        await poll.RunAsync(Cancel);
        Assert.Equal(["shop/reviews"], _events.Take());
    }

    [Fact]
    public async Task A_cluster_out_of_reach_holds_up_nobody_and_what_changed_there_meanwhile_is_found()
    {
        var poll = Mesh.SlicePoll(_events);
        await poll.RunAsync(Cancel);
        await ReadyAsync("west", "reviews", 2);
        Mesh.Cluster("west").Disconnect();
        await SliceAsync("north", "ratings", FederationNames.ExportLabel, 1);
        await poll.RunAsync(Cancel);
        Assert.Equal(["shop/ratings"], _events.Take());
        Mesh.Cluster("west").Reconnect();
        await poll.RunAsync(Cancel);
        Assert.Equal(["shop/reviews"], _events.Take());
    }

    private static Task LookAsync(PollEndpointSlices poll) => poll.RunAsync(new TimerInfo(), Cancel);

    private async Task SliceAsync(string cluster, string service, string label, int ready)
    {
        var slice = Yaml.Read($"{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: {service}-x, namespace: shop, labels: {{kubernetes.io/service-name: {service}, {label}: \"true\"}}}}, addressType: IPv4, endpoints: []}}") as JsonObject ?? [];
        slice["endpoints"] = Endpoints(ready);
        await (await Mesh.ApiAsync(cluster)).CreateAsync(ResourceKind.EndpointSlice, slice, Cancel);
    }

    private Task ReadyAsync(string cluster, string service, int ready) => ChangeAsync(cluster, service, slice => slice["endpoints"] = Endpoints(ready));

    private async Task ChangeAsync(string cluster, string service, Action<JsonObject> change)
    {
        var live = await FindAsync(cluster, service);
        change(live);
        await (await Mesh.ApiAsync(cluster)).ReplaceAsync(ResourceKind.EndpointSlice, live, Cancel);
    }

    private async Task DeleteAsync(string cluster, string service) =>
        await (await Mesh.ApiAsync(cluster)).DeleteAsync(ResourceKind.EndpointSlice, await FindAsync(cluster, service), Cancel);

    private async Task<JsonObject> FindAsync(string cluster, string service)
    {
        var live = await Mesh.FindAsync(cluster, ResourceKind.EndpointSlice, "shop", $"{service}-x");
        Assert.NotNull(live);
        return live;
    }

    private static JsonArray Endpoints(int ready) =>
        [.. Enumerable.Range(1, ready).Select(number => JsonNode.Parse($$$"""{"addresses":["10.1.0.{{{number}}}"],"conditions":{"ready":true}}"""))];

    private sealed class BrokenTopic(RecordedEvents events) : IMeshEventPublisher
    {
        public bool IsBroken { get; set; }

        public Task PublishAsync(IReadOnlyList<MeshEvent> published, CancellationToken cancellationToken) =>
            IsBroken ? throw new MeshEventPublishException("the topic does not answer", new HttpRequestException()) : events.PublishAsync(published, cancellationToken);
    }
}
