using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

/// <summary>One request that an event grid sent.</summary>
internal sealed record ReceivedRequest(string EventType, string ContentType, string DeliveryCount, JsonNode? Body);

/// <summary>An endpoint that subscribes: keeps what comes, agrees to both handshakes, and answers deliveries as it is told.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentQueue<ReceivedRequest> _requests;

    private EventReceiver(LoopbackAuthority authority, LoopbackServer server, ConcurrentQueue<ReceivedRequest> requests, Answers answers) =>
        (Authority, _server, _requests, Answer) = (authority, server, requests, answers);

    public LoopbackAuthority Authority { get; }

    public Answers Answer { get; }

    public IReadOnlyList<ReceivedRequest> Deliveries => [.. _requests.Where(request => request.EventType == "Notification")];

    public static async Task<EventReceiver> StartAsync()
    {
        var authority = LoopbackAuthority.Create("test", TimeProvider.System);
        var requests = new ConcurrentQueue<ReceivedRequest>();
        var answers = new Answers();
        var server = await LoopbackServer.StartAsync(authority.Issue(), context => AnswerAsync(context, requests, answers), null, TestContext.Current.CancellationToken);
        return new EventReceiver(authority, server, requests, answers);
    }

    public EventSubscription Subscription(EventSchema schema, int batch = 1) => new("probe", new Uri(_server.Url, "/events"), "key") { Schema = schema, MaxEventsPerBatch = batch };

    public Task<EmbeddedEventGrid> StartGridAsync(TimeProvider time, RetrySchedule? retry = null, DeliveryFaults? faults = null) => EmbeddedEventGrid.StartAsync(
        new EmbeddedEventGridOptions { Authority = Authority, ReceiverAuthorityPem = Authority.Pem, Time = time, Retry = retry ?? new RetrySchedule(), Faults = faults },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Authority.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context, ConcurrentQueue<ReceivedRequest> requests, Answers answers)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = context.Request.Headers["WebHook-Request-Origin"];
            return;
        }

        var headers = context.Request.Headers;
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var request = new ReceivedRequest(headers["aeg-event-type"].ToString(), context.Request.ContentType ?? "", headers["aeg-delivery-count"].ToString(), body);
        requests.Enqueue(request);
        if (request.EventType == "SubscriptionValidation")
            await context.Response.WriteAsJsonAsync(new JsonObject { ["validationResponse"] = body?[0]?["data"]?["validationCode"]?.ToString() }, context.RequestAborted);
        else
            context.Response.StatusCode = (int)answers.To(request);
    }

    /// <summary>What deliveries are answered with.</summary>
    internal sealed class Answers
    {
        public Func<ReceivedRequest, HttpStatusCode> To { get; set; } = _ => HttpStatusCode.OK;
    }
}
