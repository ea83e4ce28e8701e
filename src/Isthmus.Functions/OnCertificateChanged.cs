using Azure.Messaging;
using Isthmus.Core.Events;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Brings a new version of the mesh's certificate into the clusters.</summary>
public sealed class OnCertificateChanged(EventRuns runs, TrustReconciler reconciler, IMeshDocumentSource documents)
{
    [Function(nameof(OnCertificateChanged))]
    public async Task RunAsync([EventGridTrigger] CloudEvent cloudEvent, CancellationToken cancellationToken)
    {
        var document = await documents.ReadAsync(cancellationToken);
        if (document.Trust is { } trust && AzureEvents.ConcernsTrust(trust, cloudEvent.Subject, MeshEvents.DataOf(cloudEvent)))
            await runs.RunAsync("trust", reconciler.RunAsync, cancellationToken);
    }
}
