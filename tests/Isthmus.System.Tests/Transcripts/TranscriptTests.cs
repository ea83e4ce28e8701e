using Xunit;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>
/// The embedded cluster answers as a real API server did. <c>ISTHMUS_TRANSCRIPT=08-pod-lifecycle</c> runs one scenario
/// and shows every difference; <c>TRANSCRIPT_CASES</c> adds folders.
/// </summary>
public sealed class TranscriptTests(TranscriptRun run, ITestOutputHelper output) : IClassFixture<TranscriptRun>
{
    private const string None = "(no recordings)";
    private const int Shown = 12;

    /// <summary>Scenarios that need what comes with later issues, and the feature that is missing. One that passes wholly must leave this list.</summary>
    private static readonly Dictionary<string, string> NotYet = new(StringComparer.Ordinal)
    {
        ["02-discovery-groups"] = "events.k8s.io/v1, the second face of Events",
    };

    public static TheoryData<string> Scenarios()
    {
        var names = Scenario.All().Select(scenario => scenario.Name).ToArray();
        return new TheoryData<string>(names.Length == 0 ? [None] : names);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Answers_as_the_real_server_did(string scenario)
    {
        Assert.SkipWhen(scenario == None, "There are no recordings: no shared folder beside the checkout, and TRANSCRIPT_CASES is not set.");
        var result = run.Results[scenario];
        var everything = Environment.GetEnvironmentVariable("ISTHMUS_TRANSCRIPT") is { Length: > 0 };
        // "all" shows everything of every scenario.
        foreach (var difference in everything ? result.MessageDifferences : [])
            output.WriteLine($"(message) {difference}");
        if (NotYet.TryGetValue(scenario, out var missing))
        {
            Assert.False(result.Passed, $"{scenario} passes now: take it off the list of those that wait for {missing}.");
            output.WriteLine($"not yet ({missing}): {result.Matched} of {result.Steps} steps");
            return;
        }

        var shown = result.Differences.Take(everything ? int.MaxValue : Shown).Select(difference => difference.ToString());
        Assert.True(result.Passed, $"{scenario}: {result.Matched} of {result.Steps} steps match\n  {string.Join("\n  ", shown)}");
    }

    [Fact]
    public void Reports_how_much_matches()
    {
        Assert.SkipWhen(run.Results.Count == 0, "There are no recordings.");
        var summary = run.Summary();
        var waiting = NotYet.Where(entry => run.Results.ContainsKey(entry.Key)).Select(entry => $"not yet: {entry.Key} ({entry.Value})");
        ConformanceReport.Write("transcripts", string.Join(Environment.NewLine, waiting.Prepend(summary)));
        Assert.All(NotYet.Keys.Where(run.Results.ContainsKey), name => Assert.False(run.Results[name].Passed));
    }
}
