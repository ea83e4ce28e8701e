namespace Isthmus.Embedded.Blobs;

/// <summary>A blob's content and the ETag that it was written under.</summary>
internal sealed record StoredBlob(string Text, string ETag);

/// <summary>Blobs by name. Each write gives another ETag, of the form that Azure has.</summary>
internal sealed class BlobStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredBlob> _blobs = new(StringComparer.Ordinal);
    private long _revision = 0x8DD000000000000;

    public StoredBlob? Find(string name)
    {
        lock (_lock)
            return _blobs.GetValueOrDefault(name);
    }

    public StoredBlob Put(string name, string text)
    {
        lock (_lock)
            return _blobs[name] = new StoredBlob(text, $"\"0x{++_revision:X}\"");
    }

    /// <summary>Null where the condition does not hold.</summary>
    public StoredBlob? TryPut(string name, string text, Func<StoredBlob?, bool> condition)
    {
        lock (_lock)
            return condition(_blobs.GetValueOrDefault(name)) ? Put(name, text) : null;
    }
}
