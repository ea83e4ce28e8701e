using System.Net.Sockets;
using Azure;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Publishes to a topic of Event Grid as CloudEvents 1.0.</summary>
public sealed class EventGridMeshEventPublisher(EventGridPublisherClient client) : IMeshEventPublisher
{
    public async Task PublishAsync(MeshEvent meshEvent, CancellationToken cancellationToken)
    {
        var cloudEvent = new CloudEvent(
            $"/isthmus/clusters/{meshEvent.Cluster}", meshEvent.Type, BinaryData.FromString(meshEvent.ToData().ToJsonString()),
            "application/json", CloudEventDataFormat.Json)
        {
            Subject = meshEvent.Subject,
        };
        try
        {
            await client.SendEventAsync(cloudEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException refused)
        {
            throw new MeshEventPublishException($"the topic did not take the event: {refused.Message}", refused);
        }
        // What the SDK throws once all its attempts failed otherwise.
        catch (Exception failed) when (failed is AggregateException or SocketException)
        {
            throw new MeshEventPublishException($"the topic cannot be reached: {failed.GetBaseException().Message}", failed);
        }
    }
}
