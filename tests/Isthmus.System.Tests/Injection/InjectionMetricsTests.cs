using System.Diagnostics.Metrics;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Injection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Injection;

public sealed class InjectionMetricsTests
{
    [Fact]
    public void Counts_each_review_under_the_names_of_Istio()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        var seen = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => Enable(instrument, listener, factory) };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(seen, instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(seen, instrument, value));
        listener.Start();
        using var metrics = new InjectionMetrics(factory);

        InjectionResult[] results =
        [
            new InjectionResult.Injected([], []), new InjectionResult.NotNeeded("host network"), new InjectionResult.Refused("bad annotation"), new InjectionResult.Failed("no settings"),
        ];
        foreach (InjectionResult result in results)
            metrics.Count(new ClusterName("west"), result, TimeSpan.FromSeconds(0.25));

        Assert.Equal(
            "sidecar_injection_failure_total=2 sidecar_injection_requests_total=4 sidecar_injection_skip_total=1 sidecar_injection_success_total=1 sidecar_injection_time_seconds=1",
            string.Join(' ', seen.Select(entry => $"{entry.Key}={entry.Value}")));
    }

    // Other tests inject at the same time: only the instruments of this test's factory count.
    private static void Enable(Instrument instrument, MeterListener listener, IMeterFactory factory)
    {
        if (instrument.Meter.Name == InjectionMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
            listener.EnableMeasurementEvents(instrument);
    }

    private static void Add(SortedDictionary<string, double> seen, Instrument instrument, double value) =>
        seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value;
}
