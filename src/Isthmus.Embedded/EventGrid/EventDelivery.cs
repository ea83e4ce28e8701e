using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Tls;

namespace Isthmus.Embedded.EventGrid;

/// <summary>The requests by which events are delivered, and the handshakes before the first of them.</summary>
internal sealed class EventDelivery(EmbeddedEventGridOptions options) : IDisposable
{
    private const string Origin = "eventgrid.azure.net";

    private readonly HttpClient _client = new(PinnedConnections.TrustOnly(options.ReceiverAuthorityPem)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The endpoint has to agree, in the way of the subscription's schema, before it gets any event.</summary>
    public async Task HandshakeAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        var (status, agreed) = subscription.Schema == EventSchema.EventGrid
            ? await ValidateAsync(subscription, cancellationToken)
            : await AskOriginAsync(subscription, cancellationToken);
        if (!agreed)
            throw new InvalidOperationException($"Subscription {subscription.Name}: the endpoint did not agree to receive events (HTTP {(int)status}).");
    }

    public async Task<AttemptOutcome> AttemptAsync(EventSubscription subscription, IReadOnlyList<JsonObject> events, int attempt, CancellationToken stopping)
    {
        using var request = Request(HttpMethod.Post, subscription);
        request.Headers.Add("aeg-event-type", "Notification");
        request.Headers.Add("aeg-subscription-name", subscription.Name.ToUpperInvariant());
        request.Headers.Add("aeg-delivery-count", (attempt - 1).ToString(CultureInfo.InvariantCulture));
        request.Content = EventBody.Write(subscription.Schema, events);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var timer = options.Time.CreateTimer(_ => deadline.Cancel(), null, options.Retry.DeliveryTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return options.Faults?.LosesAnswer() == true ? new AttemptOutcome.Failed("TimedOut") : Judge(response.StatusCode);
        }
        catch (Exception silence) when (silence is HttpRequestException or SocketException)
        {
            return new AttemptOutcome.Failed("SocketError");
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new AttemptOutcome.Failed("TimedOut");
        }
    }

    public void Dispose() => _client.Dispose();

    private static AttemptOutcome Judge(HttpStatusCode status) => status switch
    {
        >= HttpStatusCode.OK and <= HttpStatusCode.NoContent => new AttemptOutcome.Taken(),
        // Event Grid's rule.
        HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge =>
            new AttemptOutcome.Refused(Word(status)),
        // And its patience with what may pass.
        HttpStatusCode.NotFound => new AttemptOutcome.Failed(Word(status), TimeSpan.FromMinutes(5)),
        HttpStatusCode.RequestTimeout => new AttemptOutcome.Failed(Word(status), TimeSpan.FromMinutes(2)),
        HttpStatusCode.ServiceUnavailable => new AttemptOutcome.Failed(Word(status), TimeSpan.FromSeconds(30)),
        _ => new AttemptOutcome.Failed(Word(status)),
    };

    // Event Grid's own words; it documents none for any other status.
    private static string Word(HttpStatusCode status) => status switch
    {
        HttpStatusCode.RequestEntityTooLarge => "PayloadTooLarge",
        HttpStatusCode.RequestTimeout => "TimedOut",
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => "Busy",
        _ => status.ToString(),
    };

    /// <summary>CloudEvents' abuse protection: the endpoint names our origin as one that may send.</summary>
    private async Task<(HttpStatusCode, bool)> AskOriginAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Options, subscription);
        request.Headers.Add("WebHook-Request-Origin", Origin);
        using var response = await _client.SendAsync(request, cancellationToken);
        var allowed = response.Headers.TryGetValues("WebHook-Allowed-Origin", out var origins) ? origins.ToList() : [];
        return (response.StatusCode, response.IsSuccessStatusCode && allowed.Exists(origin => origin is "*" or Origin));
    }

    /// <summary>The Event Grid schema's handshake: the endpoint gives a code back.</summary>
    private async Task<(HttpStatusCode, bool)> ValidateAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        var code = Guid.NewGuid().ToString("D").ToUpperInvariant();
        using var request = Request(HttpMethod.Post, subscription);
        request.Headers.Add("aeg-event-type", "SubscriptionValidation");
        request.Content = EventBody.Write(EventSchema.EventGrid, [new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString("D"),
            ["source"] = "/embedded",
            ["type"] = "Microsoft.EventGrid.SubscriptionValidationEvent",
            ["time"] = options.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            ["data"] = new JsonObject { ["validationCode"] = code },
        }]);
        using var response = await _client.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.OK && JsonNode.Parse(body)?["validationResponse"]?.ToString() == code);
    }

    private static HttpRequestMessage Request(HttpMethod method, EventSubscription subscription)
    {
        var request = new HttpRequestMessage(method, subscription.Endpoint);
        request.Headers.Add("aeg-sas-key", subscription.Key);
        return request;
    }
}
