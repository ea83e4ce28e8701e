using System.Threading.Channels;

namespace Isthmus.Embedded.Storage;

/// <summary>
/// The events of one resource, from a revision on. A reader that falls too far behind is cut off, as an API server
/// does; its client lists and watches again.
/// </summary>
internal sealed class StoreSubscription(ObjectStore store, string groupResource, long fromRevision) : IDisposable
{
    private const int Backlog = 20_000;

    private readonly Channel<StoreEvent> _events = Channel.CreateBounded<StoreEvent>(
        new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public ChannelReader<StoreEvent> Events => _events.Reader;

    public void Offer(StoreEvent happened)
    {
        if (happened.Revision > fromRevision && happened.Key.GroupResource == groupResource && !_events.Writer.TryWrite(happened))
        {
            _events.Writer.TryComplete();
        }
    }

    public void Dispose()
    {
        store.Unsubscribe(this);
        _events.Writer.TryComplete();
    }
}
