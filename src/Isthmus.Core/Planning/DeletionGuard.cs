using System.Collections.Immutable;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Planning;

/// <summary>
/// A full plan that would delete more than a fifth of a kind in a cluster deletes nothing of it unless that is allowed: more
/// often than not the reason is a wrong document or a blind eye. A handful may always go, or a small mesh could never shrink.
/// </summary>
public static class DeletionGuard
{
    public const int AlwaysAllowed = 5;

    /// <param name="plan">A plan over everything that is owned, so that its actions count what there is.</param>
    /// <param name="mayEmpty">The clusters that are to lose everything: those that leave the mesh.</param>
    public static Plan Apply(Plan plan, Func<ClusterName, bool> mayEmpty)
    {
        var guarded = plan.Actions
            // ConfigMaps of ours are records that come and go by themselves; nobody's traffic depends on them.
            .Where(action => action.Id.Kind != ResourceKind.ConfigMap && (action is PlannedAction.Delete or PlannedAction.Replace or PlannedAction.Unchanged))
            .GroupBy(action => (action.Id.Cluster, action.Id.Kind))
            .Where(group => !mayEmpty(group.Key.Cluster) && IsTooMany(group.Count(action => action is PlannedAction.Delete), group.Count()))
            .Select(group => group.Key)
            .ToImmutableHashSet();
        return plan.Select(action => action is PlannedAction.Delete && guarded.Contains((action.Id.Cluster, action.Id.Kind))
            ? new PlannedAction.Skipped(action.Id, "more than a fifth of its kind in the cluster would go: allow deletions to do it")
            : action);
    }

    private static bool IsTooMany(int deletions, int total) => deletions > AlwaysAllowed && 5 * deletions > total;
}
