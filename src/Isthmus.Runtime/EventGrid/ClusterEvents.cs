using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Leads events about clusters to the cluster's reconciler; one that concerns several is told on as one event each.</summary>
public sealed class ClusterEvents(
    EventRuns runs, EventDeliveries deliveries, ClusterReconciler reconciler, IMeshDocumentSource documents, IMeshEventPublisher publisher, ILogger<ClusterEvents> logger,
    DocumentBlob? blob = null)
{
    public async Task HandleAsync(string delivered, CancellationToken cancellationToken)
    {
        if (deliveries.Read(delivered) is not { } received)
            return;
        var document = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        switch (AzureEvents.ConcernOf(document, received, blob))
        {
            case ClusterConcern.Clusters { ResourceId: { } id } known:
                Warn(known.Names[0], known.Warning);
                // Apart from runs that our own events ask for and that do not ask Azure: runs of one name are shared.
                await runs.RunAsync($"clusters/{known.Names[0]}/azure", token => reconciler.RunAsync(id, token), cancellationToken).ConfigureAwait(false);
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
                await TellAsync([.. document.Clusters.Select(cluster => cluster.Name)], cancellationToken).ConfigureAwait(false);
                break;
            case ClusterConcern.Nothing nothing:
                deliveries.Ignore(received, nothing.Reason);
                break;
        }
    }

    // One run cannot do several clusters in the time that a delivery has.
    private Task<RunReport> TellAsync(IReadOnlyList<ClusterName> clusters, CancellationToken cancellationToken)
    {
        MeshEvent[] events = [.. clusters.Select(cluster => new MeshEvent.ClusterChanged(cluster))];
        return runs.RunAsync(
            // Named by what it tells, since runs of one name are shared.
            $"tell/{string.Join(',', clusters.Select(cluster => $"clusters/{cluster}"))}",
            async token =>
            {
                await publisher.PublishAsync(events, token).ConfigureAwait(false);
                return RunReport.Empty;
            },
            cancellationToken);
    }

    private void Warn(ClusterName cluster, string? warning)
    {
        if (warning is not null)
            logger.LogWarning("Cluster {Cluster}: {Warning}.", cluster, warning);
    }
}
