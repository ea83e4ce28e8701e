namespace Isthmus.Runtime.Endpoints;

/// <summary>The objects of a feed, as the cluster said them last.</summary>
internal sealed class ObjectFeed<T>(FeedReader<T> reader, FeedForm<T> form, FeedClock clock) : Feed(clock)
    where T : class
{
    private readonly Dictionary<string, T> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private IReadOnlyList<T>? _snapshot;

    /// <summary>As they are now, in no order.</summary>
    public IReadOnlyList<T> Objects
    {
        get
        {
            lock (_lock)
                return _snapshot ??= [.. _objects.Values];
        }
    }

    /// <summary>Where it follows one object: that object.</summary>
    public T? Only => Objects is [var only, ..] ? only : null;

    /// <summary>One of them by <c>NAMESPACE/NAME</c>; the first part is empty for kinds without one.</summary>
    public T? Find(string name)
    {
        lock (_lock)
            return _objects.GetValueOrDefault(name);
    }

    protected override async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var (objects, version) = await reader.ListAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var isSame = IsListed && objects.Count == _objects.Count && objects.All(entry => _objects.TryGetValue(entry.Key, out var known) && form.Same.Equals(known, entry.Value));
            if (!isSame)
            {
                _objects.Clear();
                foreach (var (name, obj) in objects)
                    _objects[name] = obj;
                _snapshot = null;
                Change();
            }

            IsListed = true;
        }

        return version;
    }

    /// <summary>Where the next watch goes on; null where only a new list helps.</summary>
    protected override async Task<string?> WatchAsync(string version, CancellationToken cancellationToken)
    {
        await foreach (var change in reader.WatchAsync(version, cancellationToken).ConfigureAwait(false))
        {
            if (change.Type == FeedChange.Error)
                return null;
            version = change.Version is { Length: > 0 } next ? next : version;
            if (change.Object is { } obj)
                Apply(change.Name, change.Type == FeedChange.Deleted ? null : obj);
        }

        return version;
    }

    private void Apply(string name, T? obj)
    {
        lock (_lock)
        {
            var known = _objects.GetValueOrDefault(name);
            // Heartbeats and statuses change objects all the time, and nothing that is kept of them.
            if (ReferenceEquals(known, obj) || (known is not null && obj is not null && form.Same.Equals(known, obj)))
                return;
            if (obj is null)
                _objects.Remove(name);
            else
                _objects[name] = obj;
            _snapshot = null;
            Change();
        }
    }
}
