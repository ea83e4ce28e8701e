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
}
