using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Leads events about clusters to the cluster's reconciler; one that concerns several is told on as one event each.</summary>
public sealed class ClusterEvents(
    EventRuns runs, EventDeliveries deliveries, ClusterReconciler reconciler, IMeshDocumentSource documents, IMeshEventPublisher publisher, ILogger<ClusterEvents> logger)
{
    public async Task HandleAsync(string delivered, CancellationToken cancellationToken)
    {
        if (deliveries.Read(delivered) is not { } received)
            return;
        var document = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        switch (AzureEvents.ConcernOf(document, received))
        {
            case ClusterConcern.Clusters { ResourceId: { } id } known:
                Warn(known.Names[0], known.Warning);
                await runs.RunAsync($"clusters/{known.Names[0]}", token => reconciler.RunAsync(id, token), cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Newcomer newcomer:
                await runs.RunAsync($"clusters/{newcomer.ResourceId}", token => reconciler.RunAsync(newcomer.ResourceId, token), cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Clusters { Names: [var cluster] } one:
                Warn(cluster, one.Warning);
                await runs.RunAsync($"clusters/{cluster}", token => reconciler.RunAsync(cluster, token), cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Clusters several:
                await TellAsync(several.Names, cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Document:
                await TellAsync(document.Clusters.Select(cluster => cluster.Name), cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Nothing nothing:
                deliveries.Ignore(received, nothing.Reason);
                break;
        }
    }

    // One run cannot do several clusters in the time that a delivery has.
    private Task TellAsync(IEnumerable<ClusterName> clusters, CancellationToken cancellationToken) =>
        Task.WhenAll(clusters.Select(cluster => publisher.PublishAsync(new MeshEvent.ClusterChanged(cluster), cancellationToken)));

    private void Warn(ClusterName cluster, string? warning)
    {
        if (warning is not null)
            logger.LogWarning("Cluster {Cluster}: {Warning}.", cluster, warning);
    }
}
