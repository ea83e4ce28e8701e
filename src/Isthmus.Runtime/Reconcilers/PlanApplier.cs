using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.PrivateDns;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Carries out a plan: clusters beside each other, each cluster's actions one after the other in the plan's order.</summary>
internal static class PlanApplier
{
    public static async Task ApplyAsync(MeshDocument mesh, Plan plan, ClusterConnections connections, RunState state, CancellationToken cancellationToken)
    {
        // What is claimed on Services (since when they are exported, which address) is the source of what other clusters hold, so it
        // stands before any of that is written: a run that dies in between is then followed by one that says the same.
        if (!await WriteAllAsync(mesh, plan.Actions.Where(action => action.IsClaim), connections, state, cancellationToken).ConfigureAwait(false))
            return;
        var isCurrent = await WriteAllAsync(
            mesh, plan.Actions.Where(action => !action.IsClaim && !action.IsVerdict && !PrivateDnsRun.IsOurs(action)), connections, state, cancellationToken).ConfigureAwait(false);
        // A record leads somewhere only when the clusters' ServiceEntries stand.
        await PrivateDnsRun.ApplyAsync(connections.Arm, mesh, plan, state, cancellationToken).ConfigureAwait(false);
        // An export is ready when all that it takes is in place, in every cluster that can be reached.
        if (isCurrent)
            await WriteAllAsync(mesh, plan.Actions.Where(action => action.IsVerdict), connections, state, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>False where somebody else wrote in between.</summary>
    private static async Task<bool> WriteAllAsync(
        MeshDocument mesh, IEnumerable<PlannedAction> actions, ClusterConnections connections, RunState state, CancellationToken cancellationToken)
    {
        var isCurrent = true;
        var clusters = actions.Where(action => action.IsWrite && state.IsServed(action.Id.Cluster)).GroupBy(action => action.Id.Cluster);
        await Task.WhenAll(clusters.Select(writes => state.TryAsync(writes.Key, async () =>
        {
            var api = connections.Get(mesh.Find(writes.Key) ?? throw new ClusterUnreachableException(writes.Key, "the mesh document does not list it"));
            foreach (var write in writes)
            {
                if (state.Stop.IsCancellationRequested)
                    break;
                if (!state.IsHeldBack(write) && !await WriteAsync(api, write, state, cancellationToken).ConfigureAwait(false))
                {
                    isCurrent = false;
                    break;
                }
            }

            return api;
        }))).ConfigureAwait(false);
        return isCurrent;
    }

    /// <summary>False where somebody else wrote in between: what follows may rest on what is no longer so.</summary>
    private static async Task<bool> WriteAsync(ClusterApi api, PlannedAction action, RunState state, CancellationToken cancellationToken)
    {
        try
        {
            switch (action)
            {
                case PlannedAction.Create create:
                    await api.CreateAsync(create.Id.Kind, create.Content, cancellationToken).ConfigureAwait(false);
                    state.Wrote(action.Id, RunOutcome.Created);
                    return true;
                // Of a user's ServiceExport the status alone is ours.
                case PlannedAction.Replace replace when replace.IsVerdict:
                    await api.ReplaceStatusAsync(replace.Id.Kind, replace.Content, cancellationToken).ConfigureAwait(false);
                    state.Wrote(action.Id, RunOutcome.Configured);
                    return true;
                case PlannedAction.Replace replace:
                    await api.ReplaceAsync(replace.Id.Kind, replace.Content, cancellationToken).ConfigureAwait(false);
                    state.Wrote(action.Id, RunOutcome.Configured);
                    return true;
                case PlannedAction.Delete delete:
                    await api.DeleteAsync(delete.Id.Kind, delete.Live, cancellationToken).ConfigureAwait(false);
                    state.Wrote(action.Id, RunOutcome.Deleted);
                    return true;
                default:
                    return true;
            }
        }
        catch (ClusterApiException refusal) when (refusal.IsConflict && action.Id.Kind == ResourceKind.Event)
        {
            // Its name follows from what it says, so this was told already.
            return true;
        }
        catch (ClusterApiException refusal) when (refusal.IsConflict && action is PlannedAction.Create)
        {
            state.Meet(action.Id);
            return false;
        }
        catch (ClusterApiException refusal) when (refusal.IsConflict || (action is PlannedAction.Replace && refusal.Status == 404))
        {
            return false;
        }
        catch (ClusterApiException refusal)
        {
            // One object that the server refuses does not keep the others from being served; the run fails all the same.
            state.Refuse(action, refusal.Message);
            return true;
        }
    }
}
