using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Publishers to a topic, all with one way of trying again.</summary>
public static class TopicClients
{
    /// <summary>By identity; the topic's keys stay switched off.</summary>
    public static EventGridPublisherClient Create(Uri topic, TokenCredential credential) => new(topic, credential, Options(null));

    /// <param name="topic">The topic's address.</param>
    /// <param name="key">Its key.</param>
    /// <param name="transport">Only where the topic is embedded.</param>
    public static EventGridPublisherClient Create(Uri topic, AzureKeyCredential key, HttpPipelineTransport? transport = null) => new(topic, key, Options(transport));

    // A change webhook waits 0.7 s, which is enough for a second attempt; who has more time has four of them and then fails, so that
    // what he does is repeated as a whole.
    private static EventGridPublisherClientOptions Options(HttpPipelineTransport? transport)
    {
        var options = new EventGridPublisherClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(2),
                MaxRetries = 3,
                NetworkTimeout = TimeSpan.FromSeconds(5),
            },
        };
        if (transport is not null)
            options.Transport = transport;
        return options;
    }
}
