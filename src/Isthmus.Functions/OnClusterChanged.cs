using Isthmus.Runtime.EventGrid;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Reconciles the clusters that an event is about: one of ours, of Resource Manager, of AKS, or of the mesh document's blob.</summary>
public sealed class OnClusterChanged(ClusterEvents events)
{
    [Function(nameof(OnClusterChanged))]
    public Task RunAsync([EventGridTrigger] string delivered, CancellationToken cancellationToken) => events.HandleAsync(delivered, cancellationToken);
}
