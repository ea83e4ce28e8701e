using Azure.Messaging;
using Isthmus.Core.Events;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Isthmus.Functions;

/// <summary>Reconciles the service that an event names, in all clusters.</summary>
public sealed class OnServiceChanged(EventRuns runs, ServiceReconciler reconciler, EndpointFeeds feeds, ILogger<OnServiceChanged> logger)
{
    [Function(nameof(OnServiceChanged))]
    public async Task RunAsync([EventGridTrigger] CloudEvent cloudEvent, CancellationToken cancellationToken)
    {
        if (MeshEvents.Read(cloudEvent) is not MeshEvent.ServiceChanged changed)
        {
            // Delivering it again would not mend it.
            logger.LogWarning("Event {Id} of type {Type} names no service.", cloudEvent.Id, cloudEvent.Type);
            return;
        }

        feeds.Refresh(changed.Service.Namespace);
        var write = new ExpectedWrite(changed.Cluster, changed.Operation, changed.Uid, changed.OldResourceVersion)
        {
            Kind = changed.Kind,
            Name = changed.ObjectName,
        };
        await runs.RunAsync(changed.Subject, token => reconciler.RunAsync(changed.Service, write, token), cancellationToken);
    }
}
