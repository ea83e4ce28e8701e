using System.Collections.Frozen;
using System.Collections.Immutable;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Planning;

/// <summary>The actions of one run, in the order in which a cluster takes them. Filters narrow it; none widens it.</summary>
public sealed class Plan
{
    // What is pointed at comes before what points at it: a ServiceEntry without its DestinationRule would send plain text,
    // a DNS record without its ServiceEntry would lead nowhere. Deletions go the other way round.
    private static readonly ImmutableArray<ResourceKind> WriteOrder =
    [
        ResourceKind.Namespace, ResourceKind.ServiceAccount, ResourceKind.ClusterRole, ResourceKind.ClusterRoleBinding, ResourceKind.Secret, ResourceKind.Deployment, ResourceKind.PodDisruptionBudget, ResourceKind.Gateway, ResourceKind.DestinationRule, ResourceKind.ServiceEntry, ResourceKind.EnvoyFilter,
        // Events go before the annotation that shows the same: once that stands, nobody tells it again.
        ResourceKind.Event, ResourceKind.Service, ResourceKind.ServiceExport, ResourceKind.ServiceExport with { Version = "v1alpha1" },
        ResourceKind.ConfigMap, ResourceKind.MutatingWebhookConfiguration, ResourceKind.ValidatingWebhookConfiguration,
    ];

    private static readonly FrozenDictionary<ResourceKind, int> Positions = WriteOrder.Select((kind, position) => (kind, position)).ToFrozenDictionary(entry => entry.kind, entry => entry.position);

    private static readonly Comparer<Place> Order = Comparer<Place>.Create(Compare);

    public static readonly Plan Empty = new([]);

    public Plan(IEnumerable<PlannedAction> actions)
    {
        Place[] places = [.. actions.Select(action => new Place(action, Stage(action), Turn(action)))];
        // What is narrowed or added to was in order already.
        IEnumerable<Place> inOrder = IsInOrder(places) ? places : places.Order(Order);
        Actions = [.. inOrder.Select(place => place.Action)];
    }

    public ImmutableArray<PlannedAction> Actions { get; }

    public bool HasWrites => Actions.Any(action => action.IsWrite);

    public Plan With(params IEnumerable<Plan> others) => new(Actions.Concat(others.SelectMany(other => other.Actions)));

    /// <summary>Where two planners speak of one object, the first word counts; a write comes before the reasons for leaving it alone.</summary>
    public Plan WithoutRepeats() =>
        new(Actions.OrderBy(action => !action.IsWrite).DistinctBy(action => (action.Id, (action as PlannedAction.Skipped)?.Reason)));

    /// <summary>Only what concerns the given clusters.</summary>
    public Plan Only(Func<ClusterName, bool> includes) => new(Actions.Where(action => includes(action.Id.Cluster)));

    /// <summary>Nothing is deleted.</summary>
    public Plan UpsertOnly() => Select(action => action is PlannedAction.Delete ? new PlannedAction.Skipped(action.Id, "deletions are switched off (--no-deletes)") : action);

    /// <summary>Nothing is changed or deleted that this mesh does not own; what stands in the way is reported.</summary>
    public Plan OwnedOnly(string mesh) => new(Actions.SelectMany(action => Owned(action, mesh)));

    internal Plan Select(Func<PlannedAction, PlannedAction> change) => new(Actions.Select(change));

    private static IEnumerable<PlannedAction> Owned(PlannedAction action, string mesh) => action switch
    {
        PlannedAction.Delete delete => Ownership.IsOurs(delete.Live, mesh) ? [action] : [],
        PlannedAction.Replace replace when Ownership.Clash(replace.Live, mesh) is { } clash => [new PlannedAction.Skipped(action.Id, clash)],
        _ => [action],
    };

    private static bool IsInOrder(Place[] places)
    {
        for (var index = 1; index < places.Length; index++)
        {
            if (Compare(places[index - 1], places[index]) > 0)
                return false;
        }

        return true;
    }

    private static int Compare(Place left, Place right)
    {
        var order = left.Action.Id.Cluster.CompareTo(right.Action.Id.Cluster);
        if (order == 0)
            order = left.Stage - right.Stage;
        if (order == 0)
            order = left.Turn - right.Turn;
        if (order == 0)
            order = left.Action.Id.CompareTo(right.Action.Id);
        return order != 0 ? order : string.CompareOrdinal((left.Action as PlannedAction.Skipped)?.Reason, (right.Action as PlannedAction.Skipped)?.Reason);
    }

    // Whoever sees a headless service's own objects looks for those of its pods, so they are there first and longest.
    private static int Turn(PlannedAction action) => action switch
    {
        PlannedAction.Create create => create.IsOfPods ? 1 : 0,
        PlannedAction.Delete delete => delete.IsOfPods ? 0 : 1,
        _ => 0,
    };

    private static int Stage(PlannedAction action)
    {
        var position = Positions.GetValueOrDefault(action.Id.Kind, -1);
        return action is PlannedAction.Delete ? 2 * WriteOrder.Length - position : position;
    }

    /// <summary>An action, and what of its place in the order is looked up once.</summary>
    private readonly record struct Place(PlannedAction Action, int Stage, int Turn);
}
