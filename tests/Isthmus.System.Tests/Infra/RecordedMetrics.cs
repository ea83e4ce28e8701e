using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Isthmus.System.Tests.Infra;

/// <summary>What every meter of Isthmus records while it lives, other tests' included: look for what is yours.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new()
    {
        InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Isthmus", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        },
    };

    private readonly ConcurrentQueue<RecordedMetric> _all = new();

    public RecordedMetrics()
    {
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<RecordedMetric> All => [.. _all];

    public IEnumerable<double> Of(string name, string tag, string value) =>
        All.Where(metric => metric.Name == name && metric.Tags.GetValueOrDefault(tag) == value).Select(metric => metric.Value);

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new RecordedMetric(instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => $"{tag.Value}")));
}

internal sealed record RecordedMetric(string Name, double Value, IReadOnlyDictionary<string, string> Tags);
