namespace Isthmus.Runtime.Endpoints;

/// <summary>Counts the changes of all feeds of an instance, so that the largest count of some of them names their common state.</summary>
internal sealed class FeedClock(TimeProvider time)
{
    private long _changes;

    public TimeProvider Time => time;

    /// <summary>How long a feed goes on that nobody asks for.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    public long Next() => Interlocked.Increment(ref _changes);
}
