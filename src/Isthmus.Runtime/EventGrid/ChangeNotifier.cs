using System.Diagnostics;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Logging;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Turns reviews of the change webhooks into events. It never stands in the way: whatever happens, the write is allowed.</summary>
public sealed class ChangeNotifier(IMeshEventPublisher publisher, TimeProvider time, ILogger<ChangeNotifier> logger)
{
    /// <summary>The webhooks' timeoutSeconds is 1; what is not published by then is left to Resync.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    public async Task<ChangeDecision> NotifyAsync(MeshCluster cluster, JsonObject review, CancellationToken cancellationToken)
    {
        var decision = ChangeReview.Decide(cluster, review);
        if (decision is ChangeDecision.Publish publish)
            await PublishAsync(publish.Event, cancellationToken).ConfigureAwait(false);
        return decision;
    }

    /// <summary>The AdmissionReview that allows the write, in the version of the one that asked.</summary>
    public static JsonObject Allow(JsonObject review) => new()
    {
        ["apiVersion"] = review["apiVersion"]?.DeepClone() ?? "admission.k8s.io/v1",
        ["kind"] = "AdmissionReview",
        ["response"] = new JsonObject { ["uid"] = (review["request"] as JsonObject)?["uid"]?.DeepClone(), ["allowed"] = true },
    };

    private async Task PublishAsync(MeshEvent meshEvent, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(source => (source as CancellationTokenSource)?.Cancel(), deadline, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            await publisher.PublishAsync(meshEvent, deadline.Token).ConfigureAwait(false);
        }
        catch (MeshEventPublishException fault)
        {
            Lost(meshEvent, fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Lost(meshEvent, "the topic did not answer in time.");
        }
    }

    private void Lost(MeshEvent meshEvent, string reason)
    {
        MeshMetrics.EventLost(meshEvent.Cluster);
        logger.LogWarning("Event of {Subject} in {Cluster} is lost until the next resync: {Reason}", meshEvent.Subject, meshEvent.Cluster, reason);
    }
}
