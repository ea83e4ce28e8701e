using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Every quarter of an hour a full reconciliation: it repairs whatever an event missed.</summary>
public sealed class Resync(EventRuns runs, ResyncReconciler reconciler)
{
    [Function(nameof(Resync))]
    public Task RunAsync([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        runs.RunUnboundedAsync("resync", reconciler.RunAsync, cancellationToken);
}
