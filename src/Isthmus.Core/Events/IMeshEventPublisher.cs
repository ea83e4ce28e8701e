namespace Isthmus.Core.Events;

/// <summary>Sends events to whoever subscribed.</summary>
public interface IMeshEventPublisher
{
    /// <summary>Returns once the event is accepted; throws <see cref="MeshEventPublishException"/> where it is not.</summary>
    Task PublishAsync(MeshEvent meshEvent, CancellationToken cancellationToken);
}

/// <summary>An event could not be handed over.</summary>
public sealed class MeshEventPublishException(string message, Exception inner) : Exception(message, inner);
