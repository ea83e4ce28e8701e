using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Storage;

/// <summary>
/// All objects of one cluster under one revision counter, in memory. What it holds is never changed in place: a write
/// puts a new object, so every object handed out is a snapshot, and a write is conditional on the snapshot it was made from.
/// </summary>
internal sealed class ObjectStore(int historyLimit = 10_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastWrite = new(StringComparer.Ordinal);
    private readonly Queue<StoreEvent> _history = new();
    private readonly List<StoreSubscription> _subscriptions = [];
    private long _revision = 1;
    private long _oldest = 1;

    /// <summary>Raised after each commit, on the writer's thread and outside the lock.</summary>
    public event Action<StoreEvent>? Committed;

    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _revision;
            }
        }
    }

    /// <summary>The oldest revision that can still be listed or watched from.</summary>
    public long Oldest
    {
        get
        {
            lock (_gate)
            {
                return _oldest;
            }
        }
    }

    /// <summary>The revision of the last write to one resource; 0 before the first.</summary>
    public long LastWrite(string groupResource)
    {
        lock (_gate)
        {
            return _lastWrite.GetValueOrDefault(groupResource);
        }
    }

    public JsonObject? Get(ObjectKey key)
    {
        lock (_gate)
        {
            return Current(key);
        }
    }

    public StoreSnapshot List(string groupResource, string? inNamespace = null)
    {
        lock (_gate)
        {
            return new StoreSnapshot(_revision, Select(Table(groupResource), inNamespace));
        }
    }

    /// <summary>The state at an earlier revision, by undoing the writes since; null when that is no longer known.</summary>
    public StoreSnapshot? ListAt(string groupResource, string? inNamespace, long revision)
    {
        lock (_gate)
        {
            if (revision < _oldest || revision > _revision)
            {
                return null;
            }
            var table = new SortedDictionary<string, JsonObject>(Table(groupResource), StringComparer.Ordinal);
            foreach (var past in _history.Where(e => e.Revision > revision && e.Key.GroupResource == groupResource).Reverse())
            {
                if (past.Previous is null)
                {
                    table.Remove(past.Key.Path);
                }
                else
                {
                    table[past.Key.Path] = past.Previous;
                }
            }
            return new StoreSnapshot(revision, Select(table, inNamespace));
        }
    }

    /// <summary>Stores a new object; null when the key is taken.</summary>
    public JsonObject? Create(ObjectKey key, JsonObject obj) => Commit(key, null, obj, StoreEventKind.Added);

    /// <summary>Replaces <paramref name="expected"/>; null when it is no longer the current state.</summary>
    public JsonObject? Replace(ObjectKey key, JsonObject expected, JsonObject obj) => Commit(key, expected, obj, StoreEventKind.Modified);

    /// <summary>Removes <paramref name="expected"/> and answers it under the deletion's revision; null when it is no longer current.</summary>
    public JsonObject? Delete(ObjectKey key, JsonObject expected) => Commit(key, expected, expected, StoreEventKind.Deleted);

    /// <summary>Subscribes to what happens after a revision; null when that is too long ago.</summary>
    public StoreSubscription? Subscribe(string groupResource, long fromRevision)
    {
        lock (_gate)
        {
            return fromRevision < _oldest ? null : AddSubscription(groupResource, fromRevision);
        }
    }

    /// <summary>The current objects, and all that happens to them afterwards, without a gap.</summary>
    public (StoreSnapshot Snapshot, StoreSubscription Subscription) ListAndSubscribe(string groupResource, string? inNamespace)
    {
        lock (_gate)
        {
            return (new StoreSnapshot(_revision, Select(Table(groupResource), inNamespace)), AddSubscription(groupResource, _revision));
        }
    }

    /// <summary>Forgets what lies behind, as etcd's compaction does.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _oldest = _revision;
        }
    }

    internal void Unsubscribe(StoreSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private StoreSubscription AddSubscription(string groupResource, long fromRevision)
    {
        var subscription = new StoreSubscription(this, groupResource, fromRevision);
        foreach (var past in _history)
        {
            subscription.Offer(past);
        }
        _subscriptions.Add(subscription);
        return subscription;
    }

    private JsonObject? Commit(ObjectKey key, JsonObject? expected, JsonObject obj, StoreEventKind kind)
    {
        StoreEvent happened;
        lock (_gate)
        {
            if (!ReferenceEquals(Current(key), expected))
            {
                return null;
            }
            var stored = obj.Copy();
            Materialize(stored);
            stored.Metadata()["resourceVersion"] = (++_revision).ToString(CultureInfo.InvariantCulture);
            if (kind == StoreEventKind.Deleted)
            {
                Table(key.GroupResource).Remove(key.Path);
            }
            else
            {
                Table(key.GroupResource)[key.Path] = stored;
            }
            _lastWrite[key.GroupResource] = _revision;
            happened = new StoreEvent(_revision, kind, key, stored, expected);
            Remember(happened);
            _subscriptions.ForEach(s => s.Offer(happened));
        }
        Committed?.Invoke(happened);
        return happened.Object;
    }

    private void Remember(StoreEvent happened)
    {
        _history.Enqueue(happened);
        while (_history.Count > historyLimit)
        {
            _oldest = _history.Dequeue().Revision;
        }
    }

    private JsonObject? Current(ObjectKey key) =>
        _objects.TryGetValue(key.GroupResource, out var table) && table.TryGetValue(key.Path, out var obj) ? obj : null;

    private SortedDictionary<string, JsonObject> Table(string groupResource)
    {
        if (!_objects.TryGetValue(groupResource, out var table))
        {
            table = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
            _objects[groupResource] = table;
        }
        return table;
    }

    private static List<JsonObject> Select(SortedDictionary<string, JsonObject> table, string? inNamespace)
    {
        if (string.IsNullOrEmpty(inNamespace))
        {
            return [.. table.Values];
        }
        var prefix = inNamespace + "/";
        return [.. table.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(e => e.Value)];
    }

    // JSON objects made from a document are filled on first access, which readers on several threads must not race for.
    private static void Materialize(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                foreach (var (_, value) in obj)
                {
                    Materialize(value);
                }
                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Materialize(item);
                }
                break;
        }
    }
}
