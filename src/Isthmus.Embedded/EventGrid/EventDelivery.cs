using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Embedded.EventGrid;

/// <summary>Delivers one event to one subscription, over and over until it is taken or given up.</summary>
internal sealed class EventDelivery(EmbeddedEventGridOptions options) : IDisposable
{
    private const string Origin = "eventgrid.azure.net";

    private readonly HttpClient _client = new(PinnedConnections.TrustOnly(options.ReceiverAuthorityPem)) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ILogger _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<EventDelivery>();

    /// <summary>The CloudEvents abuse protection: the endpoint has to name our origin before it gets any event.</summary>
    public async Task HandshakeAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, subscription.Endpoint);
        request.Headers.Add("WebHook-Request-Origin", Origin);
        request.Headers.Add("aeg-sas-key", subscription.Key);
        using var response = await _client.SendAsync(request, cancellationToken);
        var allowed = response.Headers.TryGetValues("WebHook-Allowed-Origin", out var origins) ? origins.ToList() : [];
        if (!response.IsSuccessStatusCode || !allowed.Exists(origin => origin is "*" or Origin))
            throw new InvalidOperationException($"Subscription {subscription.Name}: the endpoint did not agree to receive events (HTTP {(int)response.StatusCode}).");
    }

    /// <summary>Null once delivered.</summary>
    public async Task<DeadLetter?> DeliverAsync(EventSubscription subscription, JsonObject one, CancellationToken stopping)
    {
        var since = options.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (status, reason) = await AttemptAsync(subscription, one, attempt, stopping);
            if (status is >= HttpStatusCode.OK and <= HttpStatusCode.NoContent)
                return null;
            // Event Grid's rule: these say that another attempt would fare no better.
            if (status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge)
                return new DeadLetter(subscription.Name, one, attempt, reason);
            if (options.Retry.DelayAfter(attempt, options.Time.GetElapsedTime(since)) is not { } delay)
                return new DeadLetter(subscription.Name, one, attempt, $"MaxDeliveryAttemptsExceeded or TimeToLiveExceeded; last: {reason}");
            _logger.LogInformation("Event {Id} to {Subscription}: {Reason}; again in {Delay}.", one["id"], subscription.Name, reason, delay);
            await Task.Delay(delay, options.Time, stopping);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode? Status, string Reason)> AttemptAsync(EventSubscription subscription, JsonObject one, int attempt, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, subscription.Endpoint);
        request.Headers.Add("aeg-sas-key", subscription.Key);
        request.Headers.Add("aeg-event-type", "Notification");
        request.Headers.Add("aeg-subscription-name", subscription.Name.ToUpperInvariant());
        request.Headers.Add("aeg-delivery-count", (attempt - 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Content = new StringContent(one.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/cloudevents+json", "utf-8"));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var timer = options.Time.CreateTimer(_ => deadline.Cancel(), null, options.Retry.DeliveryTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return (response.StatusCode, $"HTTP {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (null, "TimedOut");
        }
    }
}
