using System.Text.Json.Nodes;

namespace Isthmus.Core.Events;

/// <summary>An event that Event Grid gave up.</summary>
/// <param name="Index">Where it stands in its document.</param>
/// <param name="Received">The event; null where it is none of either schema, and then <paramref name="Fault"/> says why.</param>
/// <param name="Original">The event as it was published, without what Event Grid added.</param>
/// <param name="Reason">Event Grid's own word, MaxDeliveryAttemptsExceeded for example.</param>
/// <param name="LastOutcome">What the last attempt came to.</param>
/// <param name="At">When it was tried last; where that is not said, when it was published or happened.</param>
/// <param name="IsReplayed">Whether it was delivered again since.</param>
public sealed record DeadLetter(
    int Index, ReceivedEvent? Received, string? Fault, JsonObject Original, string? Reason, int? Attempts, string? LastOutcome, DateTimeOffset? At, bool IsReplayed);
