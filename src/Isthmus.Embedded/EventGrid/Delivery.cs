using System.Text.Json.Nodes;

namespace Isthmus.Embedded.EventGrid;

/// <summary>An event on its way to one subscription.</summary>
internal sealed class Delivery(JsonObject one, DateTimeOffset published) : IDisposable
{
    private ITimer? _timer;

    public JsonObject Event { get; } = one;

    public DateTimeOffset Published { get; } = published;

    /// <summary>Attempts made so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Calls <paramref name="due"/> once the time has come.</summary>
    public void WakeAfter(TimeSpan delay, TimeProvider time, Action<Delivery> due)
    {
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => due(this), null, delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();
}
