using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Isthmus.Core.Events;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.EventGrid;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class PublisherTests
{
    private static readonly Uri Topic = new("https://topic.test/api/events");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_events_go_out_in_requests_that_event_grid_takes()
    {
        using var topic = new StubbornTopic();
        MeshEvent[] events = [.. Enumerable.Range(0, 10_000).Select(Event)];

        await Publisher(topic).PublishAsync(events, Cancellation);

        Assert.All(topic.Bodies, body => Assert.True(Encoding.UTF8.GetByteCount(body) <= 1_000_000, $"{body.Length}"));
        var sent = topic.Bodies.SelectMany(body => JsonNode.Parse(body) as JsonArray ?? []).Select(item => item?["subject"]?.ToString()).ToList();
        Assert.Equal(events.Select(one => one.Subject), sent);
        Assert.InRange(topic.Bodies.Count, 2, 20);
        Assert.All(topic.ContentTypes, type => Assert.StartsWith("application/cloudevents-batch+json", type, StringComparison.Ordinal));
    }

    [Fact]
    public void Batches_hold_at_most_5000_events_and_one_that_is_too_large_goes_alone()
    {
        Assert.Equal([5000, 5000, 1], EventBatches.Split(Enumerable.Range(0, 10_001), _ => 1).Select(batch => batch.Count));
        Assert.Equal([1, 1, 2], EventBatches.Split([10, 2_000_000, 10, 10], size => size).Select(batch => batch.Count));
        Assert.Empty(EventBatches.Split<int>([], size => size));
    }

    [Fact]
    public async Task A_topic_that_stumbles_is_tried_again()
    {
        using var topic = new StubbornTopic { Failures = 2 };

        await Publisher(topic).PublishAsync(Event(1), Cancellation);

        Assert.Equal(3, topic.Bodies.Count);
    }

    [Fact]
    public async Task A_topic_that_refuses_is_not_tried_again_and_told()
    {
        using var topic = new StubbornTopic { Failures = int.MaxValue, Status = HttpStatusCode.Unauthorized };

        var fault = await Assert.ThrowsAsync<MeshEventPublishException>(() => Publisher(topic).PublishAsync(Event(1), Cancellation));

        Assert.Single(topic.Bodies);
        Assert.Contains("the topic did not take the event", fault.Message, StringComparison.Ordinal);
    }

    private static MeshEvent Event(int number) => new MeshEvent.ServiceChanged(new ClusterName("west"), new ServiceName("shop", $"reviews-{number}"), "UPDATE", "u", "7");

    private static EventGridMeshEventPublisher Publisher(HttpMessageHandler topic) =>
        new(TopicClients.Create(Topic, new AzureKeyCredential("key"), new HttpClientTransport(topic)));

    private sealed class StubbornTopic : HttpMessageHandler
    {
        public int Failures { get; set; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.ServiceUnavailable;

        public List<string> Bodies { get; } = [];

        public List<string> ContentTypes { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            ContentTypes.Add($"{request.Content?.Headers.ContentType}");
            return new HttpResponseMessage(Failures-- > 0 ? Status : HttpStatusCode.OK);
        }
    }
}
