using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>How long runs may take.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>For a run that an event asked for: Event Grid waits 30 s, the function gives up after 25, and 5 may go in waiting for the write.</summary>
    public TimeSpan EventBudget { get; init; } = TimeSpan.FromSeconds(19);

    /// <summary>For a full run.</summary>
    public TimeSpan ResyncBudget { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long to look again for a write that its event has overtaken.</summary>
    public TimeSpan OvertakenWrite { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a full plan may delete more than a fifth of a kind in a cluster.</summary>
    public bool AllowDeletes { get; init; }

    /// <summary>Whether a full run deletes nothing at all.</summary>
    public bool NoDeletes { get; init; }

    /// <summary>What a full run is held to.</summary>
    public RunScope Scope { get; init; } = RunScope.Everything;

    /// <summary>What these options leave of a full plan.</summary>
    internal Plan Narrow(Plan plan)
    {
        // What a cluster in scope holds is derived from what is recorded on the exported Services of others, and that has to stand
        // first. An Event goes with the record: once that stands, nobody tells it again.
        var scoped = new Plan(plan.Actions.Where(action => Scope.Includes(action.Id.Cluster) || IsRecord(action)));
        return NoDeletes ? scoped.UpsertOnly() : scoped;
    }

    // A Service that is ours is a mirror of another: an object like all others.
    private static bool IsRecord(PlannedAction action) =>
        action.Id.Kind == ResourceKind.Event
        || (action is PlannedAction.Replace replace && action.IsClaim && replace.Live.Label(Ownership.ManagedByLabel) != Ownership.ManagedByValue);
}
