using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Where events go that are delivered again.</summary>
public interface IEventTarget
{
    /// <summary>Who gets an event of this type, in words; null with the reason where nobody does.</summary>
    (string? Receiver, string? Reason) ReceiverOf(ReceivedEvent received);

    /// <summary>Returns once the event is taken; throws <see cref="EventRefusedException"/> where it is not.</summary>
    Task SendAsync(DeadLetter letter, CancellationToken cancellationToken);
}

/// <summary>An event was not taken.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="forAll">Whether every other event would fare the same, so that going on is useless.</param>
public sealed class EventRefusedException(string message, bool forAll, Exception? inner = null) : Exception(message, inner)
{
    public bool ForAll { get; } = forAll;
}
