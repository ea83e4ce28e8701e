using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Carries out a plan: clusters beside each other, each cluster's actions one after the other in the plan's order.</summary>
internal static class PlanApplier
{
    public static Task ApplyAsync(MeshDocument mesh, Plan plan, ClusterConnections connections, RunState state, CancellationToken cancellationToken)
    {
        var clusters = plan.Actions.Where(action => action.IsWrite && state.IsServed(action.Id.Cluster)).GroupBy(action => action.Id.Cluster);
        return Task.WhenAll(clusters.Select(actions => state.TryAsync(actions.Key, async () =>
        {
            var api = connections.Get(mesh.Find(actions.Key) ?? throw new ClusterUnreachableException(actions.Key, "the mesh document does not list it"));
            foreach (var action in actions)
            {
                if (state.Stop.IsCancellationRequested)
                    break;
                if (!state.IsHeldBack(action) && !await WriteAsync(api, action, state, cancellationToken).ConfigureAwait(false))
                    break;
            }

            return api;
        })));
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
        catch (ClusterApiException refusal) when (refusal.IsConflict || (action is PlannedAction.Replace && refusal.Status == 404))
        {
            return false;
        }
        catch (ClusterApiException refusal)
        {
            // One object that the server refuses does not keep the others from being served; the run fails all the same.
            state.Refuse(action.Id, refusal.Message);
            return true;
        }
    }
}
