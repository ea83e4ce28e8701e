using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>What became of one dead letter.</summary>
public enum ReplayOutcome
{
    /// <summary>It was delivered again and taken.</summary>
    Replayed,

    /// <summary>It would be delivered; this was a dry run.</summary>
    Pending,

    /// <summary>It was left alone, as the detail says.</summary>
    Skipped,

    /// <summary>It was not taken, or the file cannot be used, as the detail says.</summary>
    Failed,
}

/// <param name="File">The file that it lies in.</param>
/// <param name="Letter">Null where the whole file is meant.</param>
/// <param name="Detail">The receiver, or why not.</param>
public sealed record ReplayEntry(string File, DeadLetter? Letter, ReplayOutcome Outcome, string Detail);
