using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.EventGrid;

/// <summary>How an embedded event grid runs.</summary>
public sealed record EmbeddedEventGridOptions
{
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>The PEM of the authority that receivers' certificates come from.</summary>
    public required string ReceiverAuthorityPem { get; init; }

    public RetrySchedule Retry { get; init; } = new();
    public DeliveryFaults? Faults { get; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// Event Grid in this process: a custom topic that takes CloudEvents over HTTPS, and subscriptions to which each event is
/// delivered at least once, retried with back-off, and in the end put with the dead letters.
/// </summary>
public sealed class EmbeddedEventGrid : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly EventDelivery _delivery;
    private readonly ConcurrentQueue<DeadLetter> _deadLetters = new();
    private readonly EmbeddedEventGridOptions _options;
    private readonly PendingDeliveries _pending = new();
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableList<EventSubscription> _subscriptions = [];

    private EmbeddedEventGrid(EmbeddedEventGridOptions options, LoopbackServer server, TopicEndpoint topic)
    {
        (_options, _server, TopicKey) = (options, server, topic.Key);
        _delivery = new EventDelivery(options);
        topic.Published = Publish;
    }

    /// <summary>Where a publisher sends events; with <see cref="TopicKey"/>, as for a custom topic of Azure.</summary>
    public Uri TopicEndpoint => new(_server.Url, "/api/events");

    public string TopicKey { get; }

    /// <summary>Deliveries that have neither succeeded nor been given up.</summary>
    public int Pending => _pending.Count;

    public IReadOnlyCollection<DeadLetter> DeadLetters => _deadLetters;

    public static async Task<EmbeddedEventGrid> StartAsync(EmbeddedEventGridOptions options, CancellationToken cancellationToken)
    {
        var topic = new TopicEndpoint();
        var server = await LoopbackServer.StartAsync(options.Authority.Issue(), topic.AnswerAsync, options.LoggerFactory, cancellationToken);
        return new EmbeddedEventGrid(options, server, topic);
    }

    /// <summary>Subscribes after the CloudEvents handshake with the endpoint; replaces a subscription of the same name.</summary>
    public async Task SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        await _delivery.HandshakeAsync(subscription, cancellationToken);
        ImmutableInterlocked.Update(
            ref _subscriptions,
            list => list.RemoveAll(existing => existing.Name == subscription.Name).Add(subscription));
    }

    /// <summary>Takes events as the topic's endpoint does: each goes to every subscription that wants it.</summary>
    public void Publish(IEnumerable<JsonObject> events)
    {
        foreach (var one in events)
        {
            var (type, subject) = (one["type"]?.ToString() ?? "", one["subject"]?.ToString());
            foreach (var subscription in _subscriptions.Where(subscription => subscription.Wants(type, subject)))
            {
                for (var copies = _options.Faults?.Copies() ?? 1; copies > 0; copies--)
                    _pending.Add(DeliverAsync(subscription, one.DeepClone().AsObject()));
            }
        }
    }

    /// <summary>Waits until no delivery is under way or waiting for its retry.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => _pending.IdleAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        await _pending.IdleAsync(CancellationToken.None);
        _delivery.Dispose();
        _stopping.Dispose();
    }

    private async Task DeliverAsync(EventSubscription subscription, JsonObject one)
    {
        try
        {
            if (_options.Faults is { } faults)
                await Task.Delay(faults.Hold(), _options.Time, _stopping.Token);
            if (await _delivery.DeliverAsync(subscription, one, _stopping.Token) is { } deadLetter)
                _deadLetters.Enqueue(deadLetter);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _deadLetters.Enqueue(new DeadLetter(subscription.Name, one, 0, "the event grid was stopped"));
        }
    }
}
