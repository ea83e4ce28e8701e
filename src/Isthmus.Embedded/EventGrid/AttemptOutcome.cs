namespace Isthmus.Embedded.EventGrid;

/// <summary>What an attempt to deliver came to: a closed set.</summary>
internal abstract record AttemptOutcome
{
    private AttemptOutcome()
    {
    }

    internal sealed record Taken : AttemptOutcome;

    /// <summary>Another attempt would fare no better.</summary>
    internal sealed record Refused(string Word) : AttemptOutcome;

    /// <summary>Another attempt may fare better, though not before <paramref name="AtLeast"/> has passed.</summary>
    internal sealed record Failed(string Word, TimeSpan AtLeast = default) : AttemptOutcome;
}
