using Isthmus.Core.Events;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>
/// Reads what Event Grid delivered. What is no event, or none that concerns us, is acknowledged with a word in the log: delivering
/// it again for a day would mend nothing.
/// </summary>
public sealed class EventDeliveries(ILogger<EventDeliveries> logger)
{
    /// <summary>Null where the text is an event of neither schema.</summary>
    public ReceivedEvent? Read(string delivered)
    {
        if (ReceivedEvent.TryParse(delivered, out var received, out var reason))
            return received;
        logger.LogError("A delivery of {Length} characters is acknowledged unread, since it is no event that Isthmus knows: {Reason}.", delivered.Length, reason);
        return null;
    }

    /// <summary>The service that an event of ours names; null where it names none.</summary>
    public MeshEvent.ServiceChanged? ReadServiceChanged(string delivered)
    {
        if (Read(delivered) is not { } received)
            return null;
        if (MeshEvent.Parse(received.Type, received.Data) is MeshEvent.ServiceChanged changed)
            return changed;
        logger.LogWarning("Event {Id} of type {Type} is acknowledged unread: it names no service.", received.Id, received.Type);
        return null;
    }

    /// <summary>Says why an event leads to nothing.</summary>
    public void Ignore(ReceivedEvent received, string reason) =>
        logger.LogInformation("Event {Id} of type {Type} about {Subject} asks for nothing: {Reason}.", received.Id, received.Type, received.Subject, reason);
}
