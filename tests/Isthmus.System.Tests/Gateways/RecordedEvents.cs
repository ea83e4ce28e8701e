using System.Collections.Concurrent;
using Isthmus.Core.Events;

namespace Isthmus.System.Tests.Gateways;

/// <summary>A topic that keeps what is published to it.</summary>
internal sealed class RecordedEvents : IMeshEventPublisher
{
    private readonly ConcurrentQueue<MeshEvent> _events = new();

    public Task PublishAsync(IReadOnlyList<MeshEvent> events, CancellationToken cancellationToken)
    {
        foreach (var meshEvent in events)
            _events.Enqueue(meshEvent);
        return Task.CompletedTask;
    }

    /// <summary>The subjects published since the last call, in order of their names.</summary>
    public IReadOnlyList<string> Take()
    {
        var subjects = new List<string>();
        while (_events.TryDequeue(out var meshEvent))
            subjects.Add(meshEvent.Subject);
        return [.. subjects.Order(StringComparer.Ordinal)];
    }
}
