namespace Isthmus.Embedded.EventGrid;

/// <summary>How events are written when they are delivered.</summary>
public enum EventSchema
{
    /// <summary>CloudEvents 1.0, a single event by itself, several as a batch.</summary>
    CloudEvents,

    /// <summary>Event Grid's own, always an array.</summary>
    EventGrid,
}
