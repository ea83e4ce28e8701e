using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.EventGrid;

/// <summary>
/// The runs of services in this instance: one at a time, and what comes meanwhile goes together in the next. So a storm of events costs a few
/// runs, not as many that meet at the DNS file of every cluster and each begin again, and leaves the process time to answer webhooks.
/// </summary>
/// <param name="run">A run about some services.</param>
/// <param name="time">Measures how long runs take.</param>
internal sealed class ServiceBatches(Func<IReadOnlyList<ServiceName>, CancellationToken, Task<RunReport>> run, TimeProvider time)
{
    private const int MostServices = 100;

    /// <summary>A run has to end well before its deliveries give up, in large meshes too: after one that took longer half as many go together.</summary>
    private static readonly TimeSpan Aim = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();

    // In the order in which they came.
    private readonly List<Waiting> _waiting = [];
    private bool _isRunning;
    private int _most = 25;

    /// <summary>Ends when a run about the service has ended that began after this call; the report is as far as it concerns the service.</summary>
    /// <param name="service">The service to look at.</param>
    /// <param name="patience">Ends the wait. A run that has begun goes on: who comes again finds it done.</param>
    /// <param name="cancellationToken">Ends the wait, and the run where nobody else waits for it.</param>
    public async Task<RunReport> RunAsync(ServiceName service, CancellationToken patience, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience, cancellationToken);
        var waiting = Join(service);
        try
        {
            return (await waiting.Report.Task.WaitAsync(both.Token).ConfigureAwait(false)).Of(service);
        }
        finally
        {
            Leave(waiting, cancellationToken.IsCancellationRequested);
        }
    }

    private Waiting Join(ServiceName service)
    {
        lock (_lock)
        {
            var waiting = _waiting.Find(other => other.Service == service);
            if (waiting is null)
                _waiting.Add(waiting = new Waiting(service));
            waiting.Askers++;
            Begin();
            return waiting;
        }
    }

    /// <summary>A service that nobody waits for any more is not looked at.</summary>
    private void Leave(Waiting waiting, bool isEnding)
    {
        lock (_lock)
        {
            if (--waiting.Askers > 0 || _waiting.Remove(waiting) || !isEnding || waiting.Batch?.Services.Exists(service => service.Askers > 0) != false)
                return;
        }

        waiting.Batch.Abandoned.Cancel();
    }

    // Under the lock.
    private void Begin()
    {
        if (_isRunning || _waiting.Count == 0)
            return;
        var batch = new Batch { Services = [.. _waiting.Take(_most)] };
        _waiting.RemoveRange(0, batch.Services.Count);
        foreach (var waiting in batch.Services)
            waiting.Batch = batch;
        _isRunning = true;
        _ = Task.Run(() => RunAsync(batch));
    }

    private async Task RunAsync(Batch batch)
    {
        var start = time.GetTimestamp();
        var report = run([.. batch.Services.Select(waiting => waiting.Service)], batch.Abandoned.Token);
        await ((Task)report).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _isRunning = false;
            Learn(batch.Services.Count, time.GetElapsedTime(start));
            Begin();
        }

        foreach (var waiting in batch.Services)
            waiting.Report.TrySetFromTask(report);
    }

    // Most of what a run costs is the same for one service as for ten, so that a slow run of one says nothing.
    private void Learn(int services, TimeSpan took)
    {
        if (services > 1 && took > Aim)
            _most = Math.Max(1, services / 2);
        else if (services >= _most && took < Aim / 2)
            _most = Math.Min(MostServices, _most * 2);
    }

    private sealed class Waiting(ServiceName service)
    {
        public ServiceName Service { get; } = service;

        public TaskCompletionSource<RunReport> Report { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Askers { get; set; }

        public Batch? Batch { get; set; }
    }

    private sealed class Batch
    {
        public required List<Waiting> Services { get; init; }

        // Not disposed: nothing of it has a timer or a handle, and who leaves last may come at any time.
        public CancellationTokenSource Abandoned { get; } = new();
    }
}
