using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Runs of services for events: what an event tells of is waited for, and then its service looked at, by itself or together with others.</summary>
public sealed class ServiceRuns(ServiceReconciler reconciler, EventRuns runs, TimeProvider time)
{
    // Each run has an end of its own: it goes on when its deliveries give up, and all other services wait behind it.
    private readonly ServiceBatches _batches = new(
        (services, token) => runs.WithinDeliveryAsync(
            limited => runs.TellAsync(
                services.Count == 1 ? $"services/{services[0]}" : $"services/{services.Count} services", inner => reconciler.RunAsync(services, inner), limited),
            token),
        time);

    /// <param name="service">The service to look at.</param>
    /// <param name="write">The write that the event told of.</param>
    /// <param name="cancellationToken">Ends the wait, and the run where nobody else waits for it.</param>
    /// <exception cref="RunFailedException">The service is not in order everywhere; the event is to be delivered again.</exception>
    public Task<RunReport> RunAsync(ServiceName service, ExpectedWrite write, CancellationToken cancellationToken) =>
        runs.WithinDeliveryAsync(
            async token =>
            {
                await reconciler.AwaitAsync(service, write, token).ConfigureAwait(false);
                return EventRuns.Successful(await _batches.RunAsync(service, token, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken);
}
