using Azure;
using Isthmus.Core.Events;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Cli.Demo;

/// <summary>Runs steps one after the other until one does not hold.</summary>
internal sealed class DemoRunner(TimeProvider time, TimeSpan patience)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(40);

    public async Task<DemoStepResult> RunAsync(DemoStep step, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var observation = await ObserveAsync(step, started, cancellationToken);
        return new DemoStepResult(
            step.Name, step.Title, observation.Holds, observation.Seen, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<Observation> ObserveAsync(DemoStep step, long started, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        var last = Observation.Of(false, "nothing was seen in time");
        try
        {
            await step.Act(deadline.Token);
            while (true)
            {
                last = await step.Look(deadline.Token);
                if (last.Holds || time.GetElapsedTime(started) > patience)
                    return last;
                await Task.Delay(Between, time, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return last;
        }
        // A step that cannot act or look has not held; its reason is the observation.
        catch (Exception fault) when (fault is ClusterApiException or ClusterUnreachableException or MeshEventPublishException
            or HttpRequestException or RequestFailedException)
        {
            return last with { Holds = false, Seen = [fault.Message] };
        }
    }
}
