namespace Isthmus.Embedded.EventGrid;

/// <summary>Counts deliveries under way, and tells when there is none.</summary>
internal sealed class PendingDeliveries
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource _idle = Completed();

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    public void Add(Task delivery)
    {
        lock (_lock)
        {
            if (_count++ == 0)
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = CountDownAsync(delivery);
    }

    public Task IdleAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _idle.Task.WaitAsync(cancellationToken);
    }

    private async Task CountDownAsync(Task delivery)
    {
        await delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            if (--_count == 0)
                _idle.SetResult();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
