using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Isthmus.Runtime.Logging;

/// <summary>
/// What Isthmus tells of its runs beside its log: a span <c>isthmus.run</c> for each, with the tag <c>isthmus.run</c> (resync, trust,
/// clusters/NAME, services/NAMESPACE/NAME), and the histogram <c>isthmus.run.duration</c> in seconds by kind and outcome.
/// </summary>
public static class IsthmusTelemetry
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Name = "Isthmus";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("isthmus.run.duration", "s", "How long runs take.");

    internal static Activity? StartRun(string run) => Source.StartActivity("isthmus.run")?.SetTag("isthmus.run", run);

    internal static void EndRun(Activity? activity, string run, TimeSpan took, string? failure)
    {
        activity?.SetStatus(failure is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, failure);
        // Names of services would make a time series each.
        var kind = run.Split('/')[0];
        Duration.Record(took.TotalSeconds, KeyValuePair.Create<string, object?>("kind", kind), KeyValuePair.Create<string, object?>("outcome", failure is null ? "succeeded" : "failed"));
    }
}
