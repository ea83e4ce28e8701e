using Isthmus.Core.Events;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Brings a new version of the mesh's certificate into the clusters.</summary>
public sealed class OnCertificateChanged(EventRuns runs, EventDeliveries deliveries, TrustReconciler reconciler, IMeshDocumentSource documents)
{
    [Function(nameof(OnCertificateChanged))]
    public async Task RunAsync([EventGridTrigger] string delivered, CancellationToken cancellationToken)
    {
        if (deliveries.Read(delivered) is not { } received)
            return;
        if (AzureEvents.NoConcernOfTrust(await documents.ReadAsync(cancellationToken), received) is { } reason)
            deliveries.Ignore(received, reason);
        else
            await runs.RunAsync("trust", reconciler.RunAsync, cancellationToken);
    }
}
