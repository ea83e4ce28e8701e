using Isthmus.Core.Dns;
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
    /// <param name="isExplained">Deletions whose reason was seen, and not only what is missing; none unless given.</param>
    public static Plan Apply(Plan plan, Func<ClusterName, bool> mayEmpty, Func<PlannedAction.Delete, bool>? isExplained = null)
    {
        var guarded = plan.Actions
            .Where(action => !IsExplained(action))
            // Links follow the document's networks: they go where a cluster leaves, or with a zone that holds nothing any more.
            .Where(action => action.Id.Kind != PrivateDnsNames.Link)
            // ConfigMaps of ours are records that come and go by themselves; nobody's traffic depends on them.
            .Where(action => action.Id.Kind != ResourceKind.ConfigMap && (action is PlannedAction.Delete or PlannedAction.Replace or PlannedAction.Unchanged))
            .GroupBy(action => (action.Id.Cluster, action.Id.Kind))
            .Select(group => (group.Key, Deletions: group.Count(action => action is PlannedAction.Delete), Total: group.Count()))
            .Where(kind => !mayEmpty(kind.Key.Cluster) && IsTooMany(kind.Deletions, kind.Total))
            .ToDictionary(kind => kind.Key, kind => Reason(kind.Key.Kind, kind.Deletions, kind.Total));
        return plan.Select(action => action is PlannedAction.Delete && !IsExplained(action) && guarded.TryGetValue((action.Id.Cluster, action.Id.Kind), out var reason)
            ? new PlannedAction.Skipped(action.Id, reason)
            : action);

        bool IsExplained(PlannedAction action) => action is PlannedAction.Delete deletion && isExplained?.Invoke(deletion) == true;
    }

    private static string Reason(ResourceKind kind, int deletions, int total) =>
        $"{deletions} of {total} objects of kind {kind} in the cluster would go, more than a fifth: look whether the mesh document and its clusters are "
        + "right, then run isthmus apply --allow-deletes if they are";

    private static bool IsTooMany(int deletions, int total) => deletions > AlwaysAllowed && 5 * deletions > total;
}
