using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// Observe, plan, apply, until an observation that began after the last write plans nothing (design, consistency rule 3). Without
/// that a slow run could put back what a faster one saw as right and left alone.
/// </summary>
internal sealed class ReconcileLoop(ClusterConnections connections, TimeProvider time)
{
    private const int MostRounds = 20;

    public async Task<RunReport> RunAsync(
        MeshDocument mesh, RunState state, TimeSpan budget, bool isDryRun, Func<CancellationToken, Task<Plan>> observeAndPlan, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(budget, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var observing = CancellationTokenSource.CreateLinkedTokenSource(both.Token, state.Stop);
        var plan = Plan.Empty;
        try
        {
            for (var round = 1; round <= MostRounds; round++)
            {
                plan = state.Remaining(await observeAndPlan(observing.Token).ConfigureAwait(false));
                if (!plan.HasWrites || isDryRun)
                    return state.Report(plan, isDryRun);
                state.Tell(new RunStep.Planned(round, plan));
                await PlanApplier.ApplyAsync(mesh, plan, connections, state, both.Token).ConfigureAwait(false);
                state.Stop.ThrowIfCancellationRequested();
                // Runs that meet at one object step aside for each other, further each time.
                if (round > 2)
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20, 40 * round)), time, both.Token).ConfigureAwait(false);
            }

            state.Fail($"the mesh did not come to rest within {MostRounds} rounds");
        }
        catch (OperationCanceledException) when (state.Stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            state.Fail($"stopped after {state.Writes} writes, each of them whole; run it again for the rest");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            state.Fail($"not finished within {budget.TotalSeconds:0} s");
        }
        catch (StaleDocumentException stale)
        {
            state.Fail(stale.Message);
        }

        return state.Report(plan, isDryRun);
    }
}

/// <summary>A newer document was applied already: this run's would undo it.</summary>
internal sealed class StaleDocumentException(ClusterName cluster, long found, long held)
    : Exception($"cluster {cluster} holds generation {found} of the mesh document; this run has the older generation {held}: get the newest document and run again");
