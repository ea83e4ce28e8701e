using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

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
    private readonly TopicEndpoint _topic;
    private readonly EventDelivery _delivery;
    private readonly ConcurrentQueue<DeadLetter> _deadLetters = new();
    private readonly EmbeddedEventGridOptions _options;
    private readonly PendingDeliveries _pending = new();
    private readonly ConcurrentDictionary<string, SubscriptionQueue> _queues = new(StringComparer.OrdinalIgnoreCase);

    private EmbeddedEventGrid(EmbeddedEventGridOptions options, LoopbackServer server, TopicEndpoint topic)
    {
        (_options, _server, _topic) = (options, server, topic);
        _delivery = new EventDelivery(options);
        topic.Published = Publish;
    }

    /// <summary>Where a publisher sends events; with <see cref="TopicKey"/>, as for a custom topic of Azure.</summary>
    public Uri TopicEndpoint => new(_server.Url, "/api/events");

    public string TopicKey => _topic.Key;

    /// <summary>Whether the topic's endpoint takes nothing for now, as in an outage.</summary>
    public bool IsTopicDown
    {
        get => _topic.IsDown;
        set => _topic.IsDown = value;
    }

    /// <summary>Deliveries that have neither succeeded nor been given up.</summary>
    public int Pending => _pending.Count;

    /// <summary>Deliveries so far, one for each event, subscription and copy; each is taken, pending or among the dead letters.</summary>
    public int Deliveries => _pending.Begun;

    /// <summary>Deliveries that were acknowledged.</summary>
    public int Taken => _pending.Begun - _pending.Count - _deadLetters.Count;

    public IReadOnlyCollection<DeadLetter> DeadLetters => _deadLetters;

    public static async Task<EmbeddedEventGrid> StartAsync(EmbeddedEventGridOptions options, CancellationToken cancellationToken)
    {
        var topic = new TopicEndpoint();
        var server = await LoopbackServer.StartAsync(options.Authority.Issue(), topic.AnswerAsync, options.LoggerFactory, cancellationToken);
        return new EmbeddedEventGrid(options, server, topic);
    }

    /// <summary>Subscribes after the schema's handshake with the endpoint; replaces a subscription of the same name.</summary>
    public async Task SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        await _delivery.HandshakeAsync(subscription, cancellationToken);
        var logger = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<EmbeddedEventGrid>();
        var queue = _queues.GetOrAdd(subscription.Name, _ => new SubscriptionQueue(_options, subscription, _delivery, _pending, _deadLetters.Enqueue, logger));
        queue.Subscription = subscription;
    }

    /// <summary>Takes events as the topic's endpoint does: each goes to every subscription that wants it.</summary>
    public void Publish(IEnumerable<JsonObject> events)
    {
        foreach (var one in events)
        {
            var (type, subject) = (one["type"]?.ToString() ?? "", one["subject"]?.ToString());
            foreach (var queue in _queues.Values.Where(queue => queue.Subscription.Wants(type, subject)))
            {
                for (var copies = _options.Faults?.Copies() ?? 1; copies > 0; copies--)
                    queue.Add(one.DeepClone().AsObject());
            }
        }
    }

    /// <summary>Waits until no delivery is under way or waiting for its retry.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => _pending.IdleAsync(cancellationToken);

    /// <summary>Waits until no delivery is under way; others may wait for their retry. For clocks that a test moves.</summary>
    public Task QuietAsync(CancellationToken cancellationToken) => _pending.QuietAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var queue in _queues.Values)
            await queue.DisposeAsync();
        _delivery.Dispose();
    }
}
