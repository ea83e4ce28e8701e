namespace Isthmus.Embedded.Vault;

/// <summary>Secrets by name (in any case, as Key Vault has it) with all their versions, oldest first.</summary>
internal sealed class SecretStore(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SecretVersion>> _versions = new(StringComparer.OrdinalIgnoreCase);

    public string Add(string name, string value, string contentType, bool ofCertificate)
    {
        var version = new SecretVersion(Guid.NewGuid().ToString("N"), value, contentType, time.GetUtcNow(), ofCertificate);
        lock (_lock)
        {
            if (!_versions.TryGetValue(name, out var versions))
                _versions[name] = versions = [];
            versions.Add(version);
        }

        return version.Version;
    }

    /// <summary>A version, the newest where none is named; null when there is none.</summary>
    public SecretVersion? Find(string name, string? version)
    {
        lock (_lock)
        {
            var versions = _versions.GetValueOrDefault(name) ?? [];
            return version is null ? versions.LastOrDefault() : versions.Find(one => one.Version == version);
        }
    }

    public IReadOnlyList<SecretVersion> Versions(string name)
    {
        lock (_lock)
            return [.. _versions.GetValueOrDefault(name) ?? []];
    }

    public IReadOnlyList<string> Names()
    {
        lock (_lock)
            return [.. _versions.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }
}
