using Azure;
using Azure.Identity;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Isthmus.Core.Events;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Our own topic, which carries our own events only: those of Azure come by subscriptions to Azure's topics.</summary>
public sealed class TopicTarget(EventGridPublisherClient topic, Uri address) : IEventTarget
{
    public (string? Receiver, string? Reason) ReceiverOf(ReceivedEvent received) => MeshEvent.Parse(received.Type, received.Data) is null
        ? (null, $"{received.Type} is not Isthmus's own event, and its topic carries no others: use --functions-url")
        : ("topic", null);

    public async Task SendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var received = letter.Received ?? throw new EventRefusedException("it is no event", forAll: false);
        var cloudEvent = new CloudEvent(received.Source, received.Type, BinaryData.FromString(received.Data?.ToJsonString() ?? "null"), "application/json", CloudEventDataFormat.Json)
        {
            Id = received.Id,
            Subject = received.Subject,
            Time = received.Time,
        };
        try
        {
            await topic.SendEventAsync(cloudEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException refused) when (refused.Status is 401 or 403)
        {
            throw new EventRefusedException($"{address}: access is refused. It takes the role 'EventGrid Data Sender' on the topic.", forAll: true, refused);
        }
        catch (AuthenticationFailedException nobody)
        {
            throw new EventRefusedException($"{address}: there is no identity to publish with; sign in with 'az login'. {nobody.Message}", forAll: true, nobody);
        }
        catch (RequestFailedException refused) when (refused.Status > 0)
        {
            throw new EventRefusedException($"{address} answered HTTP {refused.Status}: {refused.ErrorCode}", forAll: false, refused);
        }
        catch (Exception silence) when (silence is RequestFailedException or AggregateException)
        {
            throw new EventRefusedException($"{address} cannot be reached: {AzureFaults.Text(silence)}", forAll: true, silence);
        }
    }
}
