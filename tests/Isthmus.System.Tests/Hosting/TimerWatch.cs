using Microsoft.Extensions.Time.Testing;

namespace Isthmus.System.Tests.Hosting;

/// <summary>A clock that a test moves, and that tells when somebody waits on it for the given time.</summary>
internal sealed class TimerWatch(DateTimeOffset start, TimeSpan awaited) : FakeTimeProvider(start)
{
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task IsSet => _set.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == awaited)
            _set.TrySetResult();
        return timer;
    }
}
