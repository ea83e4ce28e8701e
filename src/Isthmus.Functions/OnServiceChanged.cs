using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Reconciles the service that an event names, in all clusters.</summary>
public sealed class OnServiceChanged(ServiceRuns runs, EventDeliveries deliveries, EndpointFeeds feeds)
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
        await runs.RunAsync(changed.Service, write, cancellationToken);
    }
}
