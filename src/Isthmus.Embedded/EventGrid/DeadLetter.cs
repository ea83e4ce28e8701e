using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.EventGrid;

/// <summary>An event that was given up: to whom, after how many attempts and why.</summary>
/// <param name="Event">The event as CloudEvents says it.</param>
/// <param name="Reason">MaxDeliveryAttemptsExceeded, TimeToLiveExceeded, or that no attempt could fare better.</param>
/// <param name="LastOutcome">What the last attempt came to, in Event Grid's words: Busy, TimedOut, SocketError, or an HTTP status's name.</param>
public sealed record DeadLetter(EventSubscription Subscription, JsonObject Event, int Attempts, string Reason, string LastOutcome)
{
    public DateTimeOffset Published { get; init; }

    public DateTimeOffset LastAttempt { get; init; }

    /// <summary>The event as Event Grid puts it into a blob: in the subscription's schema, with why it was given up.</summary>
    public JsonObject ToJson()
    {
        var json = Subscription.Schema == EventSchema.EventGrid ? EventBody.ToEventGrid(Event) : Event.DeepClone().AsObject();
        json[Name("deadLetterReason")] = Reason;
        json[Name("deliveryAttempts")] = Attempts;
        json[Name("lastDeliveryOutcome")] = LastOutcome;
        json[Name("publishTime")] = Published.ToString("O", CultureInfo.InvariantCulture);
        json[Name("lastDeliveryAttemptTime")] = LastAttempt.ToString("O", CultureInfo.InvariantCulture);
        return json;
    }

    // CloudEvents knows lower case names only.
    private string Name(string name) => Subscription.Schema == EventSchema.EventGrid ? name : name.ToLowerInvariant();
}
