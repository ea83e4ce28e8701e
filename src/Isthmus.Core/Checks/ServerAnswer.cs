namespace Isthmus.Core.Checks;

/// <summary>How an API server answered a first, small question.</summary>
/// <param name="Version">Its version; empty where it tells none.</param>
/// <param name="Date">Its clock, in whole seconds cut off; null where it sent none.</param>
/// <param name="Sent">Our clock when the question left.</param>
/// <param name="Took">Until the answer was here.</param>
public sealed record ServerAnswer(string Version, DateTimeOffset? Date, DateTimeOffset Sent, TimeSpan Took)
{
    // The header names the second that has begun: on average half of it is over.
    private static readonly TimeSpan HalfOfSecond = TimeSpan.FromMilliseconds(500);

    /// <summary>How far the server's clock is ahead of ours; negative where it is behind, null where it told no time.</summary>
    public TimeSpan? Ahead => Date is { } date ? date + HalfOfSecond - (Sent + (Took / 2)) : null;
}
