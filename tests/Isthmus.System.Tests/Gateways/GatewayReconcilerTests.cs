using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Gateways;
using Isthmus.System.Tests.Infra;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Gateways;

/// <summary>East imports; north and west export behind gateways on loopback ports.</summary>
public sealed class GatewayReconcilerTests : IAsyncLifetime
{
    private readonly TlsGateway _north = new();
    private readonly TlsGateway _west = new();
    private readonly RecordedEvents _events = new();
    private EmbeddedMesh? _started;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EmbeddedMesh Mesh => _started ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _started = await EmbeddedMesh.StartAsync();
        await WriteDocumentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        await _north.DisposeAsync();
        await _west.DisposeAsync();
    }

    [Fact]
    public async Task An_exporter_whose_gateway_dies_is_left_out_until_it_answers_again()
    {
        using var metrics = new RecordedMetrics();
        await ExportAsync("north");
        await ExportAsync("west");
        await ProbeAsync();
        Assert.Equal(Both(), await ServedAsync());
        _west.Stop();
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.Contains(1, metrics.Of("isthmus.gateway.down", "cluster", "west"));
        Assert.Equal($"127.0.0.1:{_north.Port}", await ServedAsync());
        _west.Start();
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.Equal(Both(), await ServedAsync());
    }

    [Fact]
    public async Task A_cluster_with_a_silent_api_loses_nothing_while_its_gateway_answers()
    {
        await ExportAsync("north");
        await ExportAsync("west");
        await ProbeAsync();
        Assert.Equal(Both(), await ServedAsync());
        Mesh.Cluster("west").Disconnect();
        Assert.Equal([], await ProbeAsync());
        Assert.Equal(Both(), await ServedAsync());
        _west.Stop();
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.Equal($"127.0.0.1:{_north.Port}", await ServedAsync());
        // What it offered is remembered all the while.
        _west.Start();
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.Equal(Both(), await ServedAsync());
    }

    [Theory]
    [InlineData("keep", true, true)]
    [InlineData("withdraw", false, false)]
    [InlineData("withdraw-if-elsewhere", false, true)]
    public async Task A_dead_gateway_is_left_out_as_the_service_says(string policy, bool staysBesideAnother, bool staysAlone)
    {
        await ExportAsync("west", policy);
        await ProbeAsync();
        _west.Stop();
        await ProbeAsync();
        Assert.Equal(staysAlone ? $"127.0.0.1:{_west.Port}" : "", await ServedAsync());
        Assert.NotNull(await Mesh.EntryAsync("east"));
        await ExportAsync("north");
        Assert.Equal(staysBesideAnother ? Both() : $"127.0.0.1:{_north.Port}", await ServedAsync());
    }

    [Fact]
    public async Task Probes_write_on_transitions_only_and_flapping_is_none()
    {
        await ExportAsync("north");
        await ExportAsync("west");
        await ProbeAsync();
        var written = await VersionAsync();
        await ProbeAsync();
        Assert.Equal(written, await VersionAsync());
        // It closes connections for a moment: the next probe of the same round finds it well.
        _west.ClosesNext(2);
        Assert.Equal([], await ProbeAsync());
        Assert.Equal(written, await VersionAsync());
        _west.Mood = GatewayMood.Closes;
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.NotEqual(written, await VersionAsync());
        var report = await Mesh.Resync().PlanAsync(Cancel);
        Assert.Equal([("north", "Up"), ("west", "Down")], report.Gateways.Where(gateway => gateway.State != "Unproven").Select(gateway => (gateway.Cluster.Value, gateway.State)));
        Assert.All(["east", "north", "west"], cluster => Assert.NotNull(Mesh.FindAsync(cluster, ResourceKind.ConfigMap, "isthmus-system", "isthmus-gateways").Result));
    }

    [Fact]
    public async Task A_gateway_that_never_answered_us_is_not_held_for_dead()
    {
        _west.Stop();
        await ExportAsync("north");
        await ExportAsync("west");
        await ProbeAsync();
        Assert.Equal([], await ProbeAsync());
        Assert.Equal(Both(), await ServedAsync());
    }

    [Fact]
    public async Task A_gateway_without_pods_behind_its_services_is_not_held_for_dead()
    {
        await ExportAsync("north");
        await ExportAsync("west");
        await ProbeAsync();
        await ReadyAsync("west", 0);
        _west.Mood = GatewayMood.Closes;
        Assert.Equal([], await ProbeAsync());
        var report = await Mesh.Resync().PlanAsync(Cancel);
        Assert.Equal("Up", Assert.Single(report.Gateways, gateway => gateway.Cluster.Value == "west").State);
    }

    [Fact]
    public async Task A_gateway_with_a_new_address_is_followed()
    {
        await ExportAsync("west");
        await ProbeAsync();
        Assert.Equal($"127.0.0.1:{_west.Port}", await ServedAsync());
        await using var moved = new TlsGateway();
        await Mesh.WriteDocumentAsync(document => document.Replace("10.255.0.3", $"127.0.0.1:{moved.Port}", StringComparison.Ordinal));
        Assert.Equal(["shop/reviews"], await ProbeAsync());
        Assert.Equal($"127.0.0.1:{moved.Port}", await ServedAsync());
    }

    [Fact]
    public async Task A_draining_cluster_loses_its_traffic_by_one_change_of_the_document()
    {
        await ExportAsync("north");
        await ExportAsync("west");
        Assert.Equal(Both(), await ServedAsync());
        await WriteDocumentAsync(document => document.Replace("network: n-west,", "network: n-west, draining: true,", StringComparison.Ordinal));
        await Mesh.Resync().RunAsync(Cancel);
        Assert.Equal($"127.0.0.1:{_north.Port}", Served(await Mesh.EntryAsync("east")));
        Assert.DoesNotContain("reviews.shop.svc", (await Mesh.EntryAsync("west"))?["spec"]?.ToJsonString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clusters_event_sets_it_up_and_asks_for_each_name_by_an_event_of_its_own()
    {
        await Mesh.ExportAsync("north");
        await Mesh.ExportAsync("west", "ratings");
        await Mesh.Services().RunAsync(new ServiceName("shop", "ratings"), null, Cancel);
        await Mesh.DeleteServiceAsync("west", "ratings");
        var report = await Mesh.Clusters(_events).RunAsync(new ClusterName("west"), Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.NotNull(await Mesh.FindAsync("west", ResourceKind.ValidatingWebhookConfiguration, null, "isthmus-changes"));
        Assert.Null(await Mesh.EntryAsync("west"));
        // What is exported no more is a name to look at too.
        Assert.Equal(["shop/ratings", "shop/reviews"], _events.Take());
        await Mesh.Services().RunAsync(new ServiceName("shop", "ratings"), null, Cancel);
        Assert.Null(await Mesh.EntryAsync("west", "ratings.shop.global"));
    }

    private Task WriteDocumentAsync(Func<string, string>? change = null) => Mesh.WriteDocumentAsync(document => (change ?? (text => text))(document)
        .Replace("10.255.0.2", $"127.0.0.1:{_north.Port}", StringComparison.Ordinal)
        .Replace("10.255.0.3", $"127.0.0.1:{_west.Port}", StringComparison.Ordinal));

    private string Both() => string.Join(' ', new[] { _north.Port, _west.Port }.Select(port => $"127.0.0.1:{port}").Order(StringComparer.Ordinal));

    private async Task ExportAsync(string cluster, string? onLoss = null)
    {
        await Mesh.ExportAsync(cluster);
        if (onLoss is not null)
            await Mesh.ChangeServiceAsync(cluster, "reviews", service => (service["metadata"] as JsonObject ?? [])["annotations"] = new JsonObject { [FederationNames.OnLossAnnotation] = onLoss });
        await ReadyAsync(cluster, 1);
        await ServedAsync();
    }

    private async Task ReadyAsync(string cluster, int count)
    {
        var api = await Mesh.ApiAsync(cluster);
        var endpoints = Enumerable.Range(1, 2).Select(number => (JsonNode)new JsonObject
        {
            ["addresses"] = new JsonArray($"10.1.0.{number}"),
            ["conditions"] = new JsonObject { ["ready"] = number <= count },
        });
        var slice = new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject
            {
                ["name"] = "reviews-1",
                ["namespace"] = "shop",
                ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "reviews", [FederationNames.ExportLabel] = "true" },
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([.. endpoints]),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 9080, ["protocol"] = "TCP" }),
        };
        if (await api.GetAsync(ResourceKind.EndpointSlice, "shop", "reviews-1", Cancel) is { } live)
            await api.DeleteAsync(ResourceKind.EndpointSlice, live, Cancel);
        await api.CreateAsync(ResourceKind.EndpointSlice, slice, Cancel);
    }

    /// <summary>One round of probes; the names that it asked to look at again.</summary>
    private async Task<IReadOnlyList<string>> ProbeAsync()
    {
        await Mesh.Gateways(_events).RunAsync(Cancel);
        return _events.Take();
    }

    /// <summary>The gateways that east sends calls to, after the name was looked at.</summary>
    private async Task<string> ServedAsync()
    {
        await Mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        return Served(await Mesh.EntryAsync("east"));
    }

    private static string Served(JsonObject? entry) => string.Join(' ', (entry?["spec"]?["endpoints"] as JsonArray ?? [])
        .Select(endpoint => $"{ObjectMetadata.TextOf(endpoint?["address"])}:{endpoint?["ports"]?["http"]}").Order(StringComparer.Ordinal));

    private async Task<string?> VersionAsync() =>
        (await Mesh.FindAsync("east", ResourceKind.ConfigMap, "isthmus-system", "isthmus-gateways"))?.ResourceVersion();
}
