using Isthmus.Runtime.EventGrid;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Every half minute the EndpointSlices of clusters whose webhook for them is switched off.</summary>
public sealed class PollEndpointSlices(EndpointSlicePoll poll)
{
    [Function(nameof(PollEndpointSlices))]
    public Task RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => poll.RunAsync(cancellationToken);
}
