namespace Isthmus.Core.Events;

/// <summary>Sends events to whoever subscribed.</summary>
public interface IMeshEventPublisher
{
    /// <summary>
    /// Returns once all events are accepted; throws <see cref="MeshEventPublishException"/> where one is not, though others may be.
    /// </summary>
    Task PublishAsync(IReadOnlyList<MeshEvent> events, CancellationToken cancellationToken);
}

/// <summary>Publishing of one event.</summary>
public static class MeshEventPublishing
{
    public static Task PublishAsync(this IMeshEventPublisher publisher, MeshEvent meshEvent, CancellationToken cancellationToken) =>
        publisher.PublishAsync([meshEvent], cancellationToken);
}

/// <summary>An event could not be handed over.</summary>
public sealed class MeshEventPublishException(string message, Exception inner) : Exception(message, inner);
