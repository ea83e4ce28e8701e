using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Isthmus.Core.Events;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Publishes to a topic of Event Grid as CloudEvents 1.0, in as few requests as it takes.</summary>
public sealed class EventGridMeshEventPublisher(EventGridPublisherClient client) : IMeshEventPublisher
{
    // CloudEvents' own attributes: id, time, content type and their names.
    private const int Envelope = 400;

    public async Task PublishAsync(IReadOnlyList<MeshEvent> events, CancellationToken cancellationToken)
    {
        foreach (var batch in EventBatches.Split(events.Select(ToCloudEvent), Size))
            await SendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(IReadOnlyList<CloudEvent> batch, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendEventsAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException refused)
        {
            throw new MeshEventPublishException($"the topic did not take the event: {refused.Message}", refused);
        }
        catch (AuthenticationFailedException nobody)
        {
            throw new MeshEventPublishException($"there is no identity to publish with: {nobody.Message}", nobody);
        }
        // What the SDK throws once all its attempts failed otherwise.
        catch (Exception failed) when (failed is AggregateException or SocketException)
        {
            throw new MeshEventPublishException($"the topic cannot be reached: {AzureFaults.Text(failed)}", failed);
        }
    }

    private static CloudEvent ToCloudEvent(MeshEvent meshEvent) => new(
        $"/isthmus/clusters/{meshEvent.Cluster}", meshEvent.Type, BinaryData.FromString(meshEvent.ToData().ToJsonString()), "application/json", CloudEventDataFormat.Json)
    {
        Subject = meshEvent.Subject,
    };

    // JSON may write a character as six.
    private static int Size(CloudEvent cloudEvent) =>
        Envelope + (cloudEvent.Data?.ToMemory().Length ?? 0) + 6 * (cloudEvent.Source.Length + cloudEvent.Type.Length + (cloudEvent.Subject?.Length ?? 0));
}
