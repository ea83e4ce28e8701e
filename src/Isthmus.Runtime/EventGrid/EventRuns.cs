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
/// Runs reconcilers for events (of services <see cref="ServiceRuns"/> does): one run of a name at a time in this instance (runs beside each other would only make each
/// other start again), shared by all events that came before it began, none over 25 s (Event Grid gives 30), and a failure is
/// an exception.
/// </summary>
public sealed class EventRuns(TimeProvider time, ILogger<EventRuns> logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    // The queues of names stay: names are few, and one removed while it is waited for would let two runs in.
    private readonly ConcurrentDictionary<string, RunQueue> _queues = new(StringComparer.Ordinal);

    /// <param name="name">What the run is about.</param>
    /// <param name="run">The run, which does the same for all events of the name.</param>
    /// <param name="cancellationToken">Ends the wait, and the run where nobody else waits for it.</param>
    public Task<RunReport> RunAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken) =>
        WithinDeliveryAsync(token => RunUnboundedAsync(name, run, token), cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, for timers, which no delivery waits for.</summary>
    public Task<RunReport> RunUnboundedAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken) =>
        _queues.GetOrAdd(name, _ => new RunQueue()).RunAsync(async token => Successful(await TellAsync(name, run, token).ConfigureAwait(false)), cancellationToken);

    internal async Task<RunReport> WithinDeliveryAsync(Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(source => (source as CancellationTokenSource)?.Cancel(), deadline, Longest, Timeout.InfiniteTimeSpan);
        return await run(deadline.Token).ConfigureAwait(false);
    }

    internal static RunReport Successful(RunReport report) => report.Succeeded ? report : throw new RunFailedException(report);

    /// <summary>Runs, and tells the log and the telemetry what came of it.</summary>
    internal async Task<RunReport> TellAsync(string name, Func<CancellationToken, Task<RunReport>> run, CancellationToken cancellationToken)
    {
        using var activity = IsthmusTelemetry.StartRun(name);
        var start = time.GetTimestamp();
        string? failure = "it ended early";
        try
        {
            var report = await run(cancellationToken).ConfigureAwait(false);
            foreach (var entry in report.Changes.Concat(report.Skipped))
                logger.LogInformation("{Run}: {Entry}", name, entry);
            failure = report.Succeeded ? null : new RunFailedException(report).Message;
            return report;
        }
        finally
        {
            var took = time.GetElapsedTime(start);
            IsthmusTelemetry.EndRun(activity, name, took, failure);
            logger.LogInformation("{Run}: {Outcome} after {Milliseconds:0} ms", name, failure is null ? "done" : "failed", took.TotalMilliseconds);
        }
    }
}
