using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.System.Tests.Hosting;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class EmbeddedEventGridTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sdks_publisher_reaches_the_function_that_subscribed()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule());
        await SubscribeAsync(grid, probe, "dev.isthmus.*");
        var publisher = new EventGridPublisherClient(
            grid.TopicEndpoint, new AzureKeyCredential(grid.TopicKey),
            new EventGridPublisherClientOptions { Transport = new HttpClientTransport(PinnedConnections.TrustOnly(probe.Authority.Pem)) });

        await publisher.SendEventAsync(new CloudEvent("/s", "dev.isthmus.test", new { x = 1 }) { Subject = "a" }, Cancellation);
        await publisher.SendEventAsync(new CloudEvent("/s", "dev.other", new { x = 2 }) { Subject = "b" }, Cancellation);
        await grid.IdleAsync(Cancellation);

        Assert.Equal(["dev.isthmus.test a {\"x\":1}"], probe.Log.Calls);
        Assert.Empty(grid.DeadLetters);
    }

    [Fact]
    public async Task A_failed_delivery_is_repeated_until_it_succeeds()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule { Scale = 0.0001 });
        await SubscribeAsync(grid, probe);
        var calls = 0;
        probe.Log.OnEvent = _ => ++calls < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;

        grid.Publish([Event("a")]);
        await grid.IdleAsync(Cancellation);

        Assert.Equal(3, probe.Log.Calls.Count);
        Assert.Empty(grid.DeadLetters);
    }

    [Fact]
    public async Task An_event_that_never_succeeds_ends_with_the_dead_letters()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule { Scale = 0.0001, MaxAttempts = 3 });
        await SubscribeAsync(grid, probe);
        probe.Log.OnEvent = _ => throw new InvalidOperationException("never");

        grid.Publish([Event("a")]);
        await grid.IdleAsync(Cancellation);

        var letter = Assert.Single(grid.DeadLetters);
        Assert.Equal((3, "a"), (letter.Attempts, letter.Event["subject"]?.ToString()));
        Assert.Equal(("MaxDeliveryAttemptsExceeded", "InternalServerError"), (letter.Reason, letter.LastOutcome));
    }

    [Fact]
    public async Task A_refusal_that_no_retry_can_change_is_dead_lettered_at_once()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule());
        await SubscribeAsync(grid, probe);

        // The host answers 400 to a version of CloudEvents that it does not know.
        var malformed = Event("a");
        malformed["specversion"] = "9.9";
        grid.Publish([malformed]);
        await grid.IdleAsync(Cancellation);

        Assert.Equal(1, Assert.Single(grid.DeadLetters).Attempts);
    }

    [Fact]
    public async Task Faults_repeat_and_reorder_events_but_lose_none()
    {
        await using var probe = await ProbeHost.StartAsync();
        var faults = new DeliveryFaults(seed: 7, duplicates: 0.5, longestHold: TimeSpan.FromMilliseconds(30));
        await using var grid = await StartAsync(probe, new RetrySchedule(), faults);
        await SubscribeAsync(grid, probe);
        var subjects = Enumerable.Range(0, 40).Select(i => $"s{i:00}").ToList();
        var seen = new ConcurrentQueue<string>();
        probe.Log.OnEvent = subject =>
        {
            seen.Enqueue(subject);
            return Task.CompletedTask;
        };

        grid.Publish(subjects.Select(Event));
        await grid.IdleAsync(Cancellation);

        Assert.Equal(subjects, seen.Distinct().Order(StringComparer.Ordinal));
        Assert.True(seen.Count > subjects.Count, "no event came twice");
        Assert.NotEqual(subjects, seen.Distinct());
    }

    [Fact]
    public async Task A_topic_refuses_other_keys_and_what_is_no_cloud_event()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule());

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(probe, grid, "wrong", Event("a").ToJsonString()));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(probe, grid, grid.TopicKey, """[{"id":"1"}]"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(probe, grid, grid.TopicKey, "no json"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(probe, grid, grid.TopicKey, Event("a").ToJsonString()));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_agree_gets_no_subscription()
    {
        await using var probe = await ProbeHost.StartAsync();
        await using var grid = await StartAsync(probe, new RetrySchedule());

        await Assert.ThrowsAsync<InvalidOperationException>(() => grid.SubscribeAsync(
            new EventSubscription("probe", probe.Host.EventEndpoint("Receive"), "wrong key"), Cancellation));
    }

    [Fact]
    public void Back_off_follows_event_grids_schedule()
    {
        var schedule = new RetrySchedule();

        Assert.Equal(TimeSpan.FromSeconds(10), schedule.DelayAfter(1, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(30), schedule.DelayAfter(2, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromHours(12), schedule.DelayAfter(11, TimeSpan.FromHours(11)));
        Assert.Null(schedule.DelayAfter(11, TimeSpan.FromHours(13)));
        Assert.Null(schedule.DelayAfter(30, TimeSpan.Zero));
    }

    private static Task<EmbeddedEventGrid> StartAsync(ProbeHost probe, RetrySchedule retry, DeliveryFaults? faults = null) =>
        EmbeddedEventGrid.StartAsync(
            new EmbeddedEventGridOptions { Authority = probe.Authority, ReceiverAuthorityPem = probe.Authority.Pem, Retry = retry, Faults = faults },
            Cancellation);

    private static Task SubscribeAsync(EmbeddedEventGrid grid, ProbeHost probe, params string[] types) => grid.SubscribeAsync(
        new EventSubscription("probe", probe.Host.EventEndpoint("Receive"), probe.Host.Keys.EventGrid) { EventTypes = types }, Cancellation);

    private static JsonObject Event(string subject) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = subject,
        ["source"] = "/test",
        ["type"] = "dev.isthmus.test",
        ["subject"] = subject,
    };

    private static async Task<HttpStatusCode> PostAsync(ProbeHost probe, EmbeddedEventGrid grid, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, grid.TopicEndpoint);
        request.Headers.Add("aeg-sas-key", key);
        request.Content = new StringContent(body);
        using var response = await probe.Client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
