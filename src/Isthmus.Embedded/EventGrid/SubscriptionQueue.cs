using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.EventGrid;

/// <summary>
/// The events of one subscription, each delivered over and over until it is taken or given up. Several requests are under way at a
/// time, in no order, and each takes what is due, up to a batch.
/// </summary>
internal sealed class SubscriptionQueue : IAsyncDisposable
{
    private const int Senders = 64;

    private readonly EmbeddedEventGridOptions _options;
    private readonly EventDelivery _delivery;
    private readonly PendingDeliveries _pending;
    private readonly Action<DeadLetter> _giveUp;
    private readonly ILogger _logger;
    private readonly Channel<Delivery> _due = Channel.CreateUnbounded<Delivery>();
    private readonly ConcurrentDictionary<Delivery, bool> _left = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private volatile EventSubscription _subscription;

    public SubscriptionQueue(
        EmbeddedEventGridOptions options, EventSubscription subscription, EventDelivery delivery, PendingDeliveries pending, Action<DeadLetter> giveUp, ILogger logger)
    {
        (_options, _subscription, _delivery, _pending, _giveUp, _logger) = (options, subscription, delivery, pending, giveUp, logger);
        _sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAsync()));
    }

    /// <summary>Where events go from now on, those that wait for another attempt too.</summary>
    public EventSubscription Subscription
    {
        get => _subscription;
        set => _subscription = value;
    }

    public void Add(JsonObject one)
    {
        var delivery = new Delivery(one, _options.Time.GetUtcNow());
        _left[delivery] = true;
        _pending.Begin();
        if (_options.Faults?.Hold() is { } hold && hold > TimeSpan.Zero)
            Wait(delivery, hold);
        else
            _due.Writer.TryWrite(delivery);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var delivery in _left.Keys)
            delivery.Dispose();
        _stopping.Dispose();
    }

    private async Task SendAsync()
    {
        while (await _due.Reader.WaitToReadAsync(_stopping.Token))
        {
            var subscription = _subscription;
            var batch = new List<Delivery>();
            while (batch.Count < subscription.MaxEventsPerBatch && _due.Reader.TryRead(out var next))
                batch.Add(next);
            if (batch.Count > 0)
                await DeliverAsync(subscription, batch);
        }
    }

    private async Task DeliverAsync(EventSubscription subscription, List<Delivery> batch)
    {
        foreach (var delivery in batch)
            delivery.Attempts++;
        var outcome = await _delivery.AttemptAsync(subscription, [.. batch.Select(delivery => delivery.Event)], batch.Max(delivery => delivery.Attempts), _stopping.Token);
        foreach (var delivery in batch)
        {
            if (outcome is AttemptOutcome.Taken)
                End(delivery);
            else if (outcome is AttemptOutcome.Refused refused)
                GiveUp(subscription, delivery, "UndeliverableDueToClientError", refused.Word);
            else if (outcome is AttemptOutcome.Failed failed)
                TryAgain(subscription, delivery, failed);
        }
    }

    private void TryAgain(EventSubscription subscription, Delivery delivery, AttemptOutcome.Failed failed)
    {
        var age = _options.Time.GetUtcNow() - delivery.Published;
        if (_options.Retry.DelayAfter(delivery.Attempts, age, failed.AtLeast) is not { } delay)
        {
            GiveUp(subscription, delivery, delivery.Attempts >= _options.Retry.MaxAttempts ? "MaxDeliveryAttemptsExceeded" : "TimeToLiveExceeded", failed.Word);
            return;
        }

        _logger.LogInformation("Event {Id} to {Subscription}: {Outcome}; again in {Delay}.", delivery.Event["id"], subscription.Name, failed.Word, delay);
        Wait(delivery, delay);
    }

    private void Wait(Delivery delivery, TimeSpan delay)
    {
        _pending.Wait();
        delivery.WakeAfter(delay, _options.Time, due =>
        {
            _pending.Resume();
            _due.Writer.TryWrite(due);
        });
    }

    private void GiveUp(EventSubscription subscription, Delivery delivery, string reason, string outcome)
    {
        _giveUp(new DeadLetter(subscription, delivery.Event, delivery.Attempts, reason, outcome) { Published = delivery.Published, LastAttempt = _options.Time.GetUtcNow() });
        End(delivery);
    }

    private void End(Delivery delivery)
    {
        delivery.Dispose();
        _left.TryRemove(delivery, out _);
        _pending.End();
    }
}
