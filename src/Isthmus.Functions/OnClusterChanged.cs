using Azure.Messaging;
using Isthmus.Core.Events;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Reconciles the clusters that an event is about: one of ours, of Resource Manager or of AKS.</summary>
public sealed class OnClusterChanged(EventRuns runs, ClusterReconciler reconciler, IMeshDocumentSource documents)
{
    [Function(nameof(OnClusterChanged))]
    public async Task RunAsync([EventGridTrigger] CloudEvent cloudEvent, CancellationToken cancellationToken)
    {
        var clusters = MeshEvents.Read(cloudEvent) is MeshEvent.ClusterChanged changed
            ? [changed.Cluster]
            : AzureEvents.ClustersNamed(await documents.ReadAsync(cancellationToken), cloudEvent.Subject, cloudEvent.Source);
        foreach (var cluster in clusters)
            await runs.RunAsync($"clusters/{cluster}", token => reconciler.RunAsync(cluster, token), cancellationToken);
    }
}
