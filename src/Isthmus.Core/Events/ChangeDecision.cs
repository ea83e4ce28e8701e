namespace Isthmus.Core.Events;

/// <summary>What a notification of a write leads to: a closed set.</summary>
public abstract record ChangeDecision
{
    private ChangeDecision()
    {
    }

    /// <summary>Something that we read is about to change.</summary>
    public sealed record Publish(MeshEvent Event) : ChangeDecision;

    /// <summary>Nothing is to be done, and why.</summary>
    public sealed record Nothing(string Reason) : ChangeDecision;

    /// <summary>The review is none.</summary>
    public sealed record Malformed(string Reason) : ChangeDecision;
}
