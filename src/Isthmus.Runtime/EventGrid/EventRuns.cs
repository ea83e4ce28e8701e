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
/// other start again), none over 25 s (Event Grid gives 30), and a failure is an exception.
/// </summary>
public sealed class EventRuns(TimeProvider time, ILogger<EventRuns> logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    public async Task<RunReport> RunAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(source => (source as CancellationTokenSource)?.Cancel(), deadline, Longest, Timeout.InfiniteTimeSpan);
        return await RunUnboundedAsync(name, run, deadline.Token).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunAsync"/>, for timers, which no delivery waits for.</summary>
    public async Task<RunReport> RunUnboundedAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        // The gates of names stay: names are few, and one removed while it is waited for would let two runs in.
        var gate = _gates.GetOrAdd(name, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TellAsync(name, run, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

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
