using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Gateways;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Every minute: does each cluster's gateway still lead to its exported services, whatever its API server does?</summary>
public sealed class ProbeGateways(EventRuns runs, GatewayReconciler reconciler)
{
    [Function(nameof(ProbeGateways))]
    public Task RunAsync([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        runs.RunUnboundedAsync("gateways", reconciler.RunAsync, cancellationToken);
}
