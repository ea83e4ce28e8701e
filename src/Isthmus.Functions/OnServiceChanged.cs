using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Reconciles the service that an event names, in all clusters.</summary>
public sealed class OnServiceChanged(EventRuns runs, EventDeliveries deliveries, ServiceReconciler reconciler, EndpointFeeds feeds)
{
    [Function(nameof(OnServiceChanged))]
    public async Task RunAsync([EventGridTrigger] string delivered, CancellationToken cancellationToken)
    {
        if (deliveries.ReadServiceChanged(delivered) is not { } changed)
            return;
        feeds.Refresh(changed.Service.Namespace);
        var write = new ExpectedWrite(changed.Cluster, changed.Operation, changed.Uid, changed.OldResourceVersion)
        {
            Kind = changed.Kind,
            Name = changed.ObjectName,
        };
        await runs.RunAsync(
            $"services/{changed.Service}",
            token => reconciler.AwaitAsync(changed.Service, write, token),
            token => reconciler.RunAsync(changed.Service, null, token),
            cancellationToken);
    }
}
