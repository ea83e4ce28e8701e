namespace Isthmus.Cli.Demo;

/// <summary>What was seen when a step looked: whether it holds, and in what words.</summary>
internal sealed record Observation(bool Holds, IReadOnlyList<string> Seen)
{
    public static Observation Of(bool holds, params string[] seen) => new(holds, seen);

    /// <summary>Holds where both do; tells what both saw.</summary>
    public Observation And(Observation other) => new(Holds && other.Holds, [.. Seen, .. other.Seen]);
}

/// <summary>One step of the story: something is done, then looked at until it holds or patience ends.</summary>
/// <param name="Name">One word, for JSON and <c>--break</c>.</param>
/// <param name="Title">What the step shows.</param>
/// <param name="Function">The function whose failure breaks the step.</param>
internal sealed record DemoStep(
    string Name, string Title, string Function, Func<CancellationToken, Task> Act, Func<CancellationToken, Task<Observation>> Look);

/// <summary>How a step went.</summary>
internal sealed record DemoStepResult(string Name, string Title, bool Ok, IReadOnlyList<string> Observed, long Milliseconds);
