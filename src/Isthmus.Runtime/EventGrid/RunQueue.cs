using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.EventGrid;

/// <summary>
/// The runs of one name: one at a time, and at most one that waits. Whoever asks while one waits shares it, since it begins after he
/// asked and so sees what he wants to be seen. A run that nobody waits for any more is ended.
/// </summary>
internal sealed class RunQueue
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;
    private SharedRun? _waiting;

    public async Task<RunReport> RunAsync(Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        var shared = Join(run);
        try
        {
            return await shared.Report.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(shared);
        }
    }

    private SharedRun Join(Func<CancellationToken, Task<RunReport>> run)
    {
        lock (_lock)
        {
            if (_waiting is not { } shared)
            {
                _waiting = shared = new SharedRun();
                shared.Report = StartAsync(shared, _last, run);
                _last = shared.Report;
            }

            shared.Askers++;
            return shared;
        }
    }

    private void Leave(SharedRun shared)
    {
        lock (_lock)
        {
            if (--shared.Askers > 0)
                return;
            Forget(shared);
        }

        if (!shared.Report.IsCompleted)
            shared.Abandoned.Cancel();
    }

    private async Task<RunReport> StartAsync(SharedRun shared, Task before, Func<CancellationToken, Task<RunReport>> run)
    {
        // Yielding, since the caller holds the lock.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
            Forget(shared);
        return await run(shared.Abandoned.Token).ConfigureAwait(false);
    }

    private void Forget(SharedRun shared)
    {
        if (_waiting == shared)
            _waiting = null;
    }

    private sealed class SharedRun
    {
        // Not disposed: nothing of it has a timer or a handle, and who leaves last may come at any time.
        public CancellationTokenSource Abandoned { get; } = new();

        public Task<RunReport> Report { get; set; } = Task.FromResult(RunReport.Empty);

        public int Askers { get; set; }
    }
}
