namespace Isthmus.Embedded.EventGrid;

/// <summary>
/// What Event Grid is allowed to do and seldom does, on demand and reproducible by its seed: events arrive twice and out of order,
/// and answers get lost, so that what was done is asked for again.
/// </summary>
public sealed class DeliveryFaults(int seed, double duplicates, TimeSpan longestHold)
{
    private readonly Lock _lock = new();

    // A seeded generator on purpose: the same seed gives the same faults.
    private readonly Random _random = new(seed);

    /// <summary>The share of deliveries whose answer does not arrive.</summary>
    public double LostAnswers { get; init; }

    internal int Copies()
    {
        lock (_lock)
            return _random.NextDouble() < duplicates ? 2 : 1;
    }

    internal TimeSpan Hold()
    {
        lock (_lock)
            return longestHold * _random.NextDouble();
    }

    internal bool LosesAnswer()
    {
        lock (_lock)
            return _random.NextDouble() < LostAnswers;
    }
}
