namespace Isthmus.Embedded.EventGrid;

/// <summary>
/// When Event Grid tries again: 10 s, 30 s, 1 min, 5 min, 10 min, 30 min, 1 h, 3 h, 6 h, then every 12 h, for 30 attempts or 24 h.
/// </summary>
public sealed record RetrySchedule
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
    ];

    /// <summary>What every delay and the time to live are multiplied by: 1 is Event Grid's own pace, a demo is not that patient.</summary>
    public double Scale { get; init; } = 1;

    public int MaxAttempts { get; init; } = 30;

    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a receiver may take; not scaled.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The delay after the given number of attempts, or null when the event goes to the dead letters.</summary>
    /// <param name="attempts">Attempts made so far.</param>
    /// <param name="age">Since the event was published.</param>
    /// <param name="atLeast">What the last answer asks for, before it is scaled.</param>
    public TimeSpan? DelayAfter(int attempts, TimeSpan age, TimeSpan atLeast = default)
    {
        if (attempts >= MaxAttempts)
            return null;
        var step = Steps[Math.Min(attempts, Steps.Length) - 1];
        var delay = (step > atLeast ? step : atLeast) * Scale;
        return age + delay > TimeToLive * Scale ? null : delay;
    }
}
