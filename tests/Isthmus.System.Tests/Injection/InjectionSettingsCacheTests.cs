using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Injection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Injection;

public sealed class InjectionSettingsCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private int _connections;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_that_come_together_share_one_load()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        var gate = new TaskCompletionSource();
        InjectionSettingsCache cache = Cache(async () =>
        {
            await gate.Task;
            return cluster.Reader;
        });

        Task<LoadedInjection>[] requests = [.. Enumerable.Range(0, 20).Select(_ => cache.GetAsync(cluster.Member, "default", Cancellation))];
        gate.SetResult();
        LoadedInjection[] answers = await Task.WhenAll(requests);

        Assert.Equal(1, _connections);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Settings_that_do_not_parse_replace_nothing()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        InjectionSettingsCache cache = Cache(() => Task.FromResult(cluster.Reader));
        LoadedInjection good = await cache.GetAsync(cluster.Member, "default", Cancellation);

        await ChangeAsync(cluster, "templates: {sidecar: \"{{ nonsense }}\"}");
        Assert.Same(good, await LookAgainAsync(cache, cluster));

        InjectionSettingsStatus status = Assert.Single(cache.Status());
        Assert.Equal("1.30.3", status.IstioVersion);
        Assert.Contains("nonsense", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_settings_are_found_in_the_background_and_unchanged_ones_are_kept()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        InjectionSettingsCache cache = Cache(() => Task.FromResult(cluster.Reader));
        LoadedInjection first = await cache.GetAsync(cluster.Member, "default", Cancellation);

        Assert.Same(first.Settings, (await LookAgainAsync(cache, cluster)).Settings);
        await ChangeAsync(cluster, "policy: disabled");
        Assert.NotSame(first.Settings, (await LookAgainAsync(cache, cluster)).Settings);
    }

    [Fact]
    public async Task The_first_pod_after_a_quiet_time_gets_the_settings_of_now()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        InjectionSettingsCache cache = Cache(() => Task.FromResult(cluster.Reader));
        LoadedInjection first = await cache.GetAsync(cluster.Member, "default", Cancellation);

        await ChangeAsync(cluster, "policy: disabled");
        _time.Advance(new InjectionCacheOptions().WaitAfter);
        Assert.NotSame(first.Settings, (await cache.GetAsync(cluster.Member, "default", Cancellation)).Settings);
    }

    [Fact]
    public async Task A_look_that_takes_long_is_not_waited_for()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        var gate = new TaskCompletionSource();
        InjectionSettingsCache cache = Cache(async () =>
        {
            if (_connections > 1)
                await gate.Task;
            return cluster.Reader;
        });
        LoadedInjection good = await cache.GetAsync(cluster.Member, "default", Cancellation);

        _time.Advance(new InjectionCacheOptions().WaitAfter);
        Task<LoadedInjection> waits = cache.GetAsync(cluster.Member, "default", Cancellation);
        Assert.False(waits.IsCompleted);
        _time.Advance(new InjectionCacheOptions().LookPatience);
        Assert.Same(good, await waits);
        // The look still goes on, and nobody waits for it a second time.
        Assert.Same(good, await cache.GetAsync(cluster.Member, "default", Cancellation));
        gate.SetResult();
        await cache.WhenIdleAsync();
    }

    [Fact]
    public async Task A_cluster_that_falls_silent_keeps_its_settings()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        InjectionSettingsCache cache = Cache(() => Task.FromResult(cluster.Reader));
        LoadedInjection good = await cache.GetAsync(cluster.Member, "default", Cancellation);

        cluster.Server.Disconnect();
        Assert.Same(good, await LookAgainAsync(cache, cluster));
        Assert.Contains("cannot be reached", Assert.Single(cache.Status()).Error, StringComparison.Ordinal);

        cluster.Server.Reconnect();
        await LookAgainAsync(cache, cluster);
        Assert.Null(Assert.Single(cache.Status()).Error);
    }

    [Fact]
    public async Task Whoever_runs_out_of_time_learns_why_and_the_load_goes_on()
    {
        await using var cluster = await IstioCluster.StartAsync(InjectionCase.Read("1.30.3", "hello").ClusterObjects());
        var gate = new TaskCompletionSource();
        InjectionSettingsCache cache = Cache(async () =>
        {
            await gate.Task;
            return cluster.Reader;
        });
        using var patience = new CancellationTokenSource();

        Task<LoadedInjection> request = cache.GetAsync(cluster.Member, "default", patience.Token);
        await patience.CancelAsync();
        Assert.Contains("not there in time", (await Assert.ThrowsAsync<InjectionUnavailableException>(() => request)).Message, StringComparison.Ordinal);

        gate.SetResult();
        await cache.WhenIdleAsync();
        Assert.NotNull(Assert.Single(cache.Status()).IstioVersion);
    }

    [Theory]
    [InlineData("3s", 2.5)]
    [InlineData("1s", 0.8)]
    [InlineData("30s", 29.5)]
    [InlineData(null, 9.5)]
    [InlineData("soon", 9.5)]
    [InlineData("-1s", 9.5)]
    public void Leaves_a_margin_of_the_webhooks_timeout(string? timeout, double seconds) => Assert.Equal(seconds, WebhookDeadline.From(timeout).TotalSeconds);

    private InjectionSettingsCache Cache(Func<Task<IstioSettingsReader>> connect) => new(
        (_, _) =>
        {
            Interlocked.Increment(ref _connections);
            return connect();
        },
        new InjectionCacheOptions(), _time, NullLogger<InjectionSettingsCache>.Instance);

    private async Task<LoadedInjection> LookAgainAsync(InjectionSettingsCache cache, IstioCluster cluster)
    {
        _time.Advance(new InjectionCacheOptions().RevalidateAfter);
        await cache.GetAsync(cluster.Member, "default", Cancellation);
        await cache.WhenIdleAsync();
        return await cache.GetAsync(cluster.Member, "default", Cancellation);
    }

    private static async Task ChangeAsync(IstioCluster cluster, string config)
    {
        JsonObject map = await cluster.Api.GetAsync(ResourceKind.ConfigMap, SystemNamespaces.Istio, "istio-sidecar-injector", Cancellation) ?? throw new InvalidOperationException("no ConfigMap");
        Assert.IsType<JsonObject>(map["data"])["config"] = config;
        await cluster.Api.ReplaceAsync(ResourceKind.ConfigMap, map, Cancellation);
    }
}
