namespace Isthmus.Embedded.EventGrid;

/// <summary>Counts deliveries, and tells when none is left, and when all that are left wait for a time to come.</summary>
internal sealed class PendingDeliveries
{
    private readonly Lock _lock = new();
    private int _begun;
    private int _left;
    private int _underWay;
    private TaskCompletionSource _idle = Completed();
    private TaskCompletionSource _quiet = Completed();

    public int Count
    {
        get
        {
            lock (_lock)
                return _left;
        }
    }

    /// <summary>How many there have been, whatever became of them.</summary>
    public int Begun
    {
        get
        {
            lock (_lock)
                return _begun;
        }
    }

    /// <summary>One more, under way.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _begun++;
            if (_left++ == 0)
                _idle = Open();
            Enter();
        }
    }

    /// <summary>One that was under way waits for its time.</summary>
    public void Wait()
    {
        lock (_lock)
            Leave();
    }

    /// <summary>The time of one has come.</summary>
    public void Resume()
    {
        lock (_lock)
            Enter();
    }

    /// <summary>One that was under way is done.</summary>
    public void End()
    {
        lock (_lock)
        {
            Leave();
            if (--_left == 0)
                _idle.SetResult();
        }
    }

    public Task IdleAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _idle.Task.WaitAsync(cancellationToken);
    }

    public Task QuietAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _quiet.Task.WaitAsync(cancellationToken);
    }

    private void Enter()
    {
        if (_underWay++ == 0)
            _quiet = Open();
    }

    private void Leave()
    {
        if (--_underWay == 0)
            _quiet.SetResult();
    }

    private static TaskCompletionSource Open() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
