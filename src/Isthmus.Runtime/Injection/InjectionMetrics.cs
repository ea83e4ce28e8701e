using System.Diagnostics.Metrics;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Injection;

/// <summary>Istio's own metrics of its injector, by cluster.</summary>
public sealed class InjectionMetrics : IDisposable
{
    /// <summary>The meter to subscribe to.</summary>
    public const string MeterName = "Isthmus.Injection";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _successes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _skips;
    private readonly Histogram<double> _seconds;

    public InjectionMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("sidecar_injection_requests_total", description: "Total number of sidecar injection requests.");
        _successes = _meter.CreateCounter<long>("sidecar_injection_success_total", description: "Total number of successful sidecar injection requests.");
        _failures = _meter.CreateCounter<long>("sidecar_injection_failure_total", description: "Total number of failed sidecar injection requests.");
        _skips = _meter.CreateCounter<long>("sidecar_injection_skip_total", description: "Total number of skipped sidecar injection requests.");
        _seconds = _meter.CreateHistogram(
            "sidecar_injection_time_seconds", "s", "Total time taken for injection in seconds.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.1, 1, 3, 5, 10, 20, 30, 60] });
    }

    /// <summary>Counts one review. What the user or we got wrong is a failure alike.</summary>
    public void Count(ClusterName cluster, InjectionResult result, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("cluster", cluster.Value);
        _requests.Add(1, tag);
        (result switch { InjectionResult.Injected => _successes, InjectionResult.NotNeeded => _skips, _ => _failures }).Add(1, tag);
        _seconds.Record(elapsed.TotalSeconds, tag);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
