using Azure;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Isthmus.Core.Events;
using Isthmus.Runtime.EventGrid.Replay;
using Isthmus.System.Tests.Functions;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class TopicTargetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_topic_that_nobody_answers_for_is_said_so_and_ends_the_replay(int retries)
    {
        using var topic = new RecordingTopic { Down = true };
        var address = new Uri("https://topic.test/api/events");
        var client = new EventGridPublisherClient(
            address, new AzureKeyCredential("key"),
            new EventGridPublisherClientOptions { Transport = new HttpClientTransport(topic), Retry = { MaxRetries = retries, Delay = TimeSpan.Zero } });
        Assert.True(DeadLetterDocument.TryParse("""{"specversion":"1.0","id":"1","source":"/s","type":"dev.isthmus.cluster.changed","data":{"cluster":"west"}}""", out var letters, out _));

        var refused = await Assert.ThrowsAsync<EventRefusedException>(() => new TopicTarget(client, address).SendAsync(letters.Letters[0], TestContext.Current.CancellationToken));

        Assert.True(refused.ForAll);
        Assert.Equal("https://topic.test/api/events cannot be reached: the topic is down", refused.Message);
    }
}
