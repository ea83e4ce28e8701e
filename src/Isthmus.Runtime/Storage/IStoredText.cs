namespace Isthmus.Runtime.Storage;

/// <summary>A text that several runners read and replace: a blob, or a file on this machine.</summary>
public interface IStoredText
{
    /// <summary>Where it lies, for messages.</summary>
    string Place { get; }

    /// <summary>
    /// The text as it is now; null where there is none. It is <paramref name="known"/> itself while nobody has written since.
    /// Throws <see cref="StorageUnavailableException"/> where it cannot be read.
    /// </summary>
    Task<StoredText?> ReadAsync(StoredText? known, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the state that was read (null: there was none). False where somebody else wrote in between: read again and start anew.
    /// Throws <see cref="StorageUnavailableException"/> where it cannot be written.
    /// </summary>
    Task<bool> TryWriteAsync(string text, StoredText? known, CancellationToken cancellationToken);
}

/// <summary>A text and the version that it was read in: an ETag, or a hash of the text.</summary>
public sealed record StoredText(string Text, string Version);

/// <summary>A stored text cannot be read or written; the message says what to do.</summary>
public sealed class StorageUnavailableException(string place, string reason, Exception? inner = null) : IOException($"{place}: {reason}", inner);
