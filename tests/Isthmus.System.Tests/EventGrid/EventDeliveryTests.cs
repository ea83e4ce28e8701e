using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Embedded.EventGrid;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

/// <summary>The embedded event grid behaves as Event Grid is documented to.</summary>
public sealed class EventDeliveryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EventSchema.CloudEvents, 1, 1, "application/cloudevents+json; charset=utf-8")]
    [InlineData(EventSchema.CloudEvents, 3, 3, "application/cloudevents-batch+json; charset=utf-8")]
    [InlineData(EventSchema.EventGrid, 1, 1, "application/json; charset=utf-8")]
    public async Task Each_schema_has_its_content_type_and_its_handshake(EventSchema schema, int batch, int events, string contentType)
    {
        await using var receiver = await EventReceiver.StartAsync();
        var time = new FakeTimeProvider(Start);
        await using var grid = await receiver.StartGridAsync(time, faults: new DeliveryFaults(1, 0, TimeSpan.FromSeconds(1)));
        await grid.SubscribeAsync(receiver.Subscription(schema, batch), Cancellation);

        grid.Publish(Enumerable.Range(0, events).Select(i => Event($"s{i}")));
        time.Advance(TimeSpan.FromSeconds(1));
        await grid.IdleAsync(Cancellation);

        Assert.Equal(contentType, receiver.Deliveries[0].ContentType);
        Assert.Equal(events, receiver.Deliveries.Sum(request => request.Body is JsonArray several ? several.Count : 1));
        Assert.Equal(schema == EventSchema.EventGrid, receiver.Deliveries[0].Body is JsonArray array && array[0]?["eventType"]?.ToString() == "dev.isthmus.test");
    }

    [Fact]
    public async Task Retries_come_at_event_grids_times_and_no_earlier()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answer.To = _ => HttpStatusCode.InternalServerError;
        var time = new FakeTimeProvider(Start);
        await using var grid = await receiver.StartGridAsync(time);
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.CloudEvents), Cancellation);

        grid.Publish([Event("a")]);
        await grid.QuietAsync(Cancellation);
        int[] seconds = [10, 30, 60, 300, 600, 1800, 3600, 10800, 21600];
        for (var attempt = 1; attempt <= seconds.Length; attempt++)
        {
            Assert.Equal(attempt, receiver.Deliveries.Count);
            time.Advance(TimeSpan.FromSeconds(seconds[attempt - 1] - 1));
            await grid.QuietAsync(Cancellation);
            Assert.Equal(attempt, receiver.Deliveries.Count);
            time.Advance(TimeSpan.FromSeconds(1));
            await grid.QuietAsync(Cancellation);
        }

        time.Advance(TimeSpan.FromHours(12));
        await grid.QuietAsync(Cancellation);

        // Another twelve hours would be beyond the day that an event lives.
        var letter = Assert.Single(grid.DeadLetters);
        Assert.Equal((11, "TimeToLiveExceeded", "InternalServerError"), (letter.Attempts, letter.Reason, letter.LastOutcome));
        Assert.Equal(Enumerable.Range(0, 11).Select(count => $"{count}"), receiver.Deliveries.Select(request => request.DeliveryCount));
        Assert.Equal(0, grid.Pending);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, true)]
    [InlineData(HttpStatusCode.Unauthorized, true)]
    [InlineData(HttpStatusCode.Forbidden, true)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, true)]
    [InlineData(HttpStatusCode.NotFound, false)]
    [InlineData(HttpStatusCode.Conflict, false)]
    [InlineData(HttpStatusCode.TooManyRequests, false)]
    [InlineData(HttpStatusCode.InternalServerError, false)]
    [InlineData(HttpStatusCode.Redirect, false)]
    public async Task Only_four_answers_end_in_the_dead_letters_at_once(HttpStatusCode status, bool refused)
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answer.To = request => request.DeliveryCount == "0" ? status : HttpStatusCode.Accepted;
        var time = new FakeTimeProvider(Start);
        await using var grid = await receiver.StartGridAsync(time);
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.CloudEvents), Cancellation);

        grid.Publish([Event("a")]);
        await grid.QuietAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(5));
        await grid.IdleAsync(Cancellation);

        Assert.Equal(refused ? 1 : 2, receiver.Deliveries.Count);
        Assert.Equal(refused ? 1 : 0, grid.DeadLetters.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, 300)]
    [InlineData(HttpStatusCode.RequestTimeout, 120)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 30)]
    [InlineData(HttpStatusCode.TooManyRequests, 10)]
    public async Task Some_answers_are_given_more_time_than_the_schedule(HttpStatusCode status, int seconds)
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answer.To = request => request.DeliveryCount == "0" ? status : HttpStatusCode.Accepted;
        var time = new FakeTimeProvider(Start);
        await using var grid = await receiver.StartGridAsync(time);
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.CloudEvents), Cancellation);

        grid.Publish([Event("a")]);
        await grid.QuietAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        await grid.QuietAsync(Cancellation);
        Assert.Single(receiver.Deliveries);
        time.Advance(TimeSpan.FromSeconds(1));
        await grid.IdleAsync(Cancellation);

        Assert.Equal(2, receiver.Deliveries.Count);
    }

    [Fact]
    public async Task An_answer_that_takes_longer_than_thirty_seconds_is_none()
    {
        await using var receiver = await EventReceiver.StartAsync();
        var time = new FakeTimeProvider(Start);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var answer = new ManualResetEventSlim();
        receiver.Answer.To = _ =>
        {
            asked.TrySetResult();
            answer.Wait(Cancellation);
            return HttpStatusCode.OK;
        };
        await using var grid = await receiver.StartGridAsync(time, new RetrySchedule { MaxAttempts = 1 });
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.CloudEvents), Cancellation);

        grid.Publish([Event("a")]);
        await asked.Task.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(30));
        await grid.IdleAsync(Cancellation);
        answer.Set();

        Assert.Equal("TimedOut", Assert.Single(grid.DeadLetters).LastOutcome);
    }

    [Fact]
    public async Task A_batch_is_taken_or_repeated_as_a_whole()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answer.To = request => request.DeliveryCount == "0" ? HttpStatusCode.InternalServerError : HttpStatusCode.OK;
        var time = new FakeTimeProvider(Start);
        await using var grid = await receiver.StartGridAsync(time);
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.CloudEvents, batch: 5000), Cancellation);

        grid.Publish(Enumerable.Range(0, 40).Select(i => Event($"s{i}")));
        await grid.QuietAsync(Cancellation);
        Assert.Equal(40, grid.Pending);
        time.Advance(TimeSpan.FromSeconds(10));
        await grid.IdleAsync(Cancellation);

        var sent = receiver.Deliveries.SelectMany(request => request.Body is JsonArray several ? [.. several] : new[] { request.Body }).Select(item => item?["id"]?.ToString());
        Assert.Equal(40, sent.Distinct().Count());
        Assert.Equal(80, receiver.Deliveries.Sum(request => request.Body is JsonArray several ? several.Count : 1));
    }

    [Fact]
    public async Task A_dead_letter_is_written_as_event_grid_writes_it()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Answer.To = _ => HttpStatusCode.Unauthorized;
        await using var grid = await receiver.StartGridAsync(new FakeTimeProvider(Start));
        await grid.SubscribeAsync(receiver.Subscription(EventSchema.EventGrid), Cancellation);

        grid.Publish([Event("a")]);
        await grid.IdleAsync(Cancellation);

        var json = Assert.Single(grid.DeadLetters).ToJson();
        Assert.Equal(("a", 1, "Unauthorized"), (json["subject"]?.ToString(), json["deliveryAttempts"]?.GetValue<int>(), json["lastDeliveryOutcome"]?.ToString()));
        Assert.Equal("2026-11-25T09:00:00.0000000+00:00", json["publishTime"]?.ToString());
    }

    private static JsonObject Event(string subject) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = subject,
        ["source"] = "/test",
        ["type"] = "dev.isthmus.test",
        ["subject"] = subject,
    };
}
