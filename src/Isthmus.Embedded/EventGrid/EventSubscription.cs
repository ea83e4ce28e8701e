namespace Isthmus.Embedded.EventGrid;

/// <summary>Where events of some types are delivered. <see cref="Key"/> goes out as the header aeg-sas-key.</summary>
public sealed record EventSubscription(string Name, Uri Endpoint, string Key)
{
    /// <summary>Event types wanted; a trailing * stands for any ending. Empty: all.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>Only events whose subject begins so, in any case, as Event Grid compares.</summary>
    public string SubjectBeginsWith { get; init; } = "";

    public EventSchema Schema { get; init; } = EventSchema.CloudEvents;

    /// <summary>How many events one request may carry, 1 to 5,000; a batch is taken or repeated as a whole.</summary>
    public int MaxEventsPerBatch { get; init; } = 1;

    internal bool Wants(string type, string? subject) =>
        (EventTypes.Count == 0 || EventTypes.Any(wanted => Matches(wanted, type)))
        && (subject ?? "").StartsWith(SubjectBeginsWith, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(string wanted, string type) => wanted.EndsWith('*')
        ? type.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase)
        : string.Equals(wanted, type, StringComparison.OrdinalIgnoreCase);
}
