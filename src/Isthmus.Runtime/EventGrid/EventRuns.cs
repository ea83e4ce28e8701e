using System.Collections.Concurrent;
using Isthmus.Core.Secrecy;
using Isthmus.Runtime.Logging;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>A run that an event asked for did not succeed everywhere; thrown so that the event is delivered again.</summary>
public sealed class RunFailedException(RunReport report)
    : Exception(Redaction.Text(string.Join("; ", report.Failures.Select(failure => failure.Cluster is { } cluster ? $"{cluster}: {failure.Reason}" : failure.Reason))))
{
    public RunReport Report { get; } = report;
}

/// <summary>
/// Runs reconcilers for events: one run of a name at a time in this instance (runs beside each other would only make each
/// other start again), shared by all events that came before it began, none over 25 s (Event Grid gives 30), and a failure is
/// an exception.
/// </summary>
public sealed class EventRuns(TimeProvider time, ILogger<EventRuns> logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    // The queues of names stay: names are few, and one removed while it is waited for would let two runs in.
    private readonly ConcurrentDictionary<string, RunQueue> _queues = new(StringComparer.Ordinal);

    public Task<RunReport> RunAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken) =>
        RunAsync(name, _ => Task.CompletedTask, run, cancellationToken);

    /// <param name="name">What the run is about.</param>
    /// <param name="before">What this event alone waits for before it asks for a run, within the same 25 s.</param>
    /// <param name="run">The run, which does the same for all events of the name.</param>
    /// <param name="cancellationToken">Ends the wait, and the run where nobody else waits for it.</param>
    public async Task<RunReport> RunAsync(string name, Func<CancellationToken, Task> before, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(source => (source as CancellationTokenSource)?.Cancel(), deadline, Longest, Timeout.InfiniteTimeSpan);
        await before(deadline.Token).ConfigureAwait(false);
        return await RunUnboundedAsync(name, run, deadline.Token).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunAsync(string, Func{CancellationToken, Task{RunReport}}, CancellationToken)"/>, for timers, which no delivery waits for.</summary>
    public Task<RunReport> RunUnboundedAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken) =>
        _queues.GetOrAdd(name, _ => new RunQueue()).RunAsync(token => TellAsync(name, run, token), cancellationToken);

    private async Task<RunReport> TellAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        using var activity = IsthmusTelemetry.StartRun(name);
        var start = time.GetTimestamp();
        string? failure = "it ended early";
        try
        {
            var report = await run(cancellationToken).ConfigureAwait(false);
            foreach (var entry in report.Changes.Concat(report.Skipped))
                logger.LogInformation("{Run}: {Entry}", name, entry);
            var fault = report.Succeeded ? null : new RunFailedException(report);
            failure = fault?.Message;
            return fault is null ? report : throw fault;
        }
        finally
        {
            var took = time.GetElapsedTime(start);
            IsthmusTelemetry.EndRun(activity, name, took, failure);
            logger.LogInformation("{Run}: {Outcome} after {Milliseconds:0} ms", name, failure is null ? "done" : "failed", took.TotalMilliseconds);
        }
    }
}
