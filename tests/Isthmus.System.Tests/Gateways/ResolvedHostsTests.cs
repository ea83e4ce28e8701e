using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Gateways;
using Isthmus.System.Tests.Reconcilers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Gateways;

public sealed class ResolvedHostsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_that_come_and_go_by_an_address_count_as_the_largest_for_a_while()
    {
        var (time, answers) = (new FakeTimeProvider(), new Answers { Count = 3 });
        var hosts = new ResolvedHosts(answers, time);
        Assert.Equal(3, await CountAsync(hosts));
        foreach (var count in new[] { 2, 3, 1, 2 })
        {
            answers.Count = count;
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(3, await CountAsync(hosts));
        }

        // Once the larger answers are ten minutes old the smaller one is believed.
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, await CountAsync(hosts));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_keeps_its_last_good_answer_and_one_that_never_did_has_none()
    {
        var (time, answers) = (new FakeTimeProvider(), new Answers());
        var hosts = new ResolvedHosts(answers, time);
        Assert.Null(await CountAsync(hosts));
        time.Advance(TimeSpan.FromMinutes(1));
        answers.Count = 2;
        Assert.Equal(2, await CountAsync(hosts));
        answers.Count = null;
        time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(2, await CountAsync(hosts));
    }

    [Fact]
    public async Task Asks_at_most_every_half_minute_and_waits_no_longer_than_a_run_can()
    {
        var (time, answers) = (new FakeTimeProvider(), new Answers { Count = 1 });
        var hosts = new ResolvedHosts(answers, time);
        await CountAsync(hosts);
        await CountAsync(hosts);
        Assert.Equal(1, answers.Asked);
        time.Advance(TimeSpan.FromSeconds(31));
        answers.Hangs = true;
        var waiting = CountAsync(hosts);
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task A_gateway_by_name_is_weighed_by_the_addresses_behind_it_even_when_its_name_resolves_no_more()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.WriteDocumentAsync(document => document.Replace("10.255.0.3", "gw.west.example.com", StringComparison.Ordinal));
        await mesh.ExportAsync("north");
        await mesh.ExportAsync("west");
        var answers = new Answers { Count = 3 };
        await RunAsync();
        Assert.Equal("10.255.0.2=3 gw.west.example.com=1", await WeightsAsync());
        // Another instance, whose resolver fails: what the ServiceEntry remembers holds.
        answers.Count = null;
        await RunAsync();
        Assert.Equal("10.255.0.2=3 gw.west.example.com=1", await WeightsAsync());
        answers.Count = 1;
        await RunAsync();
        Assert.Equal("10.255.0.2= gw.west.example.com=", await WeightsAsync());

        Task RunAsync() => mesh.Services(hosts: new ResolvedHosts(answers, TimeProvider.System)).RunAsync(EmbeddedMesh.Reviews, null, Cancel);

        async Task<string> WeightsAsync() => string.Join(' ', ((await mesh.EntryAsync("east"))?["spec"]?["endpoints"] as global::System.Text.Json.Nodes.JsonArray ?? [])
            .Select(endpoint => $"{ObjectMetadata.TextOf(endpoint?["address"])}={endpoint?["weight"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_machines_own_resolver_counts_addresses_and_knows_no_reserved_names()
    {
        var resolver = new DnsHostResolver();
        Assert.Equal(1, await resolver.CountAsync("127.0.0.1", Cancel));
        Assert.Null(await resolver.CountAsync("gateway.invalid", Cancel));
    }

    private static async Task<int?> CountAsync(ResolvedHosts hosts) =>
        (await hosts.CountAsync(["gw.example.com"], Cancel)).TryGetValue("gw.example.com", out var count) ? count : null;

    private sealed class Answers : IHostResolver
    {
        public int? Count { get; set; }

        public bool Hangs { get; set; }

        public int Asked { get; private set; }

        public async Task<int?> CountAsync(string host, CancellationToken cancellationToken)
        {
            Asked++;
            if (Hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return Count;
        }
    }
}
