using Isthmus.Core.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Mesh;

/// <summary>
/// A mesh document in a blob, fetched again only when its ETag differs. While a newer one has errors the last good one stays in use,
/// and its errors go with it; a copy of that lies beside the blob, for instances that have yet to read their first.
/// </summary>
/// <param name="blob">The document.</param>
/// <param name="lastGood">The copy.</param>
/// <param name="time">Tells how old a reading is.</param>
public sealed class BlobMeshDocumentSource(IStoredText blob, IStoredText lastGood, TimeProvider time) : IMeshDocumentSource, IDisposable
{
    /// <summary>What the copy's name ends in.</summary>
    public const string LastGoodSuffix = ".last-good";

    internal static readonly TimeSpan Recent = TimeSpan.FromSeconds(30);

    // Webhooks have three seconds, and other things to do in them.
    internal static readonly TimeSpan LongestForRecent = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1);
    private volatile Reading? _last;
    private long _checked;

    public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var known = _last;
        var text = await blob.ReadAsync(known?.Text, cancellationToken).ConfigureAwait(false)
            ?? throw new StorageUnavailableException(blob.Place, "there is no mesh document yet: bring one by 'isthmus mesh push'");
        var reading = known is not null && ReferenceEquals(known.Text, text) ? known : await ParseAsync(text, known, cancellationToken).ConfigureAwait(false);
        _last = reading;
        Interlocked.Exchange(ref _checked, started);
        return reading.Document;
    }

    public async Task<MeshDocument> ReadRecentAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(Interlocked.Read(ref _checked)) < Recent)
            return last.Document;
        // One looks for all; the others go on with what is known.
        if (!await _gate.WaitAsync(_last is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
            return (_last ?? throw new InvalidOperationException("A reading that was there is gone.")).Document;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_last is not null)
            limit.CancelAfter(LongestForRecent);
        try
        {
            return await ReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception silence) when (_last is not null && (silence is StorageUnavailableException || (silence is OperationCanceledException && !cancellationToken.IsCancellationRequested)))
        {
            // Storage out of reach takes no webhook down; the next look is half a minute away, runs tell of it.
            Interlocked.Exchange(ref _checked, time.GetTimestamp());
            return _last.Document;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Reading> ParseAsync(StoredText text, Reading? known, CancellationToken cancellationToken)
    {
        var result = MeshDocument.Parse(text.Text);
        if (result.Document is { } document)
        {
            await KeepAsync(text.Text, cancellationToken).ConfigureAwait(false);
            return new Reading(text, document);
        }

        var copy = known is null ? await lastGood.ReadAsync(null, cancellationToken).ConfigureAwait(false) : null;
        var good = known?.Document ?? (copy is null ? null : MeshDocument.Parse(copy.Text).Document) ?? throw new MeshDocumentException(blob.Place, result.Errors);
        return new Reading(text, good.WithRejected(result.Errors));
    }

    /// <summary>Whoever comes second need not write: it is the same text, or a newer one that the next look brings.</summary>
    private async Task KeepAsync(string text, CancellationToken cancellationToken)
    {
        var copy = await lastGood.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        if (copy?.Text != text)
            await lastGood.TryWriteAsync(text, copy, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Reading(StoredText Text, MeshDocument Document);
}
