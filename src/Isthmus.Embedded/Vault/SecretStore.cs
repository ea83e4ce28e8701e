namespace Isthmus.Embedded.Vault;

/// <summary>What a vault holds, by name (in any case, as Key Vault has it).</summary>
internal sealed class SecretStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, VaultItem> _items = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>False where the name belongs to something deleted: Key Vault wants it recovered or purged first.</summary>
    public bool TryAdd(string name, SecretVersion version)
    {
        lock (_lock)
        {
            if (!_items.TryGetValue(name, out var item))
                _items[name] = item = new VaultItem(name);
            if (item.Deleted is not null)
                return false;
            item.Versions.Add(version);
            return true;
        }
    }

    /// <summary>A version, the newest where none is named; null when there is none.</summary>
    public SecretVersion? Find(string name, string? version)
    {
        var versions = Versions(name);
        return version is null ? versions is [.., var newest] ? newest : null : versions.FirstOrDefault(one => one.Version == version);
    }

    public IReadOnlyList<SecretVersion> Versions(string name)
    {
        lock (_lock)
            return _items.GetValueOrDefault(name) is { Deleted: null } item ? [.. item.Versions] : [];
    }

    public VaultItem? FindDeleted(string name)
    {
        lock (_lock)
            return _items.GetValueOrDefault(name) is { Deleted: not null } item ? item : null;
    }

    public IReadOnlyList<string> Names()
    {
        lock (_lock)
            return [.. _items.Values.Where(item => item.Deleted is null && item.Versions.Count > 0).Select(item => item.Name)];
    }

    /// <summary>Deletes, or recovers with null. False where there is nothing to.</summary>
    public bool TrySetDeleted(string name, DateTimeOffset? deleted)
    {
        lock (_lock)
        {
            if (_items.GetValueOrDefault(name) is not { } item || item.Versions.Count == 0 || item.Deleted is null == deleted is null)
                return false;
            item.Deleted = deleted;
            return true;
        }
    }
}
