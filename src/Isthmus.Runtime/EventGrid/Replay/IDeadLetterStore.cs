namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Where Event Grid puts dead letters: a container of blobs, or what somebody downloaded of it.</summary>
public interface IDeadLetterStore
{
    /// <summary>The files that were written at or after <paramref name="since"/>, in the order of their names.</summary>
    IAsyncEnumerable<string> ListAsync(DateTimeOffset? since, CancellationToken cancellationToken);

    /// <summary>A file; null where it is gone.</summary>
    Task<DeadLetterFile?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Puts <paramref name="text"/> in the place of what was read, or deletes it where that is null. False: somebody was faster.</summary>
    Task<bool> ReplaceAsync(DeadLetterFile file, string? text, CancellationToken cancellationToken);
}

/// <param name="Version">What tells this content from a later one.</param>
public sealed record DeadLetterFile(string Name, string Text, string Version);

/// <summary>Dead letters cannot be read or written; the message says what to do.</summary>
public sealed class DeadLetterStoreException(string message, Exception inner) : Exception(message, inner);
