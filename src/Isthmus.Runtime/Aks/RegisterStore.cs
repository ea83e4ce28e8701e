using Isthmus.Core.Aks;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Aks;

/// <summary>The register of AKS clusters where all instances keep it. It is the same object as long as nobody wrote.</summary>
internal sealed class RegisterStore(IStoredText store, TimeProvider time)
{
    private const int Tries = 5;

    private volatile Reading? _last;
    private int _isLooking;

    public async Task<ClusterRegister> ReadAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken).ConfigureAwait(false)).Register;

    /// <summary>As it was within the last half minute, or longer ago where it cannot be read at once: no webhook waits for storage.</summary>
    public async Task<ClusterRegister> ReadRecentAsync(CancellationToken cancellationToken)
    {
        if (_last is not { } last)
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        // One looks for all; the others go on with what is known.
        if (time.GetElapsedTime(last.At) < BlobMeshDocumentSource.Recent || Interlocked.Exchange(ref _isLooking, 1) == 1)
            return last.Register;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(BlobMeshDocumentSource.LongestForRecent);
        try
        {
            return await ReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception silence) when (silence is StorageUnavailableException || (silence is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _last = last with { At = time.GetTimestamp() };
            return last.Register;
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    /// <summary>Other instances look too: whoever comes second plans anew on what the first one wrote.</summary>
    public async Task<ClusterRegister> ChangeAsync(Func<ClusterRegister, ClusterRegister> plan, CancellationToken cancellationToken)
    {
        for (var tried = 1; tried <= Tries; tried++)
        {
            var before = await LookAsync(cancellationToken).ConfigureAwait(false);
            var text = plan(before.Register).Write();
            if (text == before.Register.Write())
                return before.Register;
            if (await store.TryWriteAsync(text, before.Text, cancellationToken).ConfigureAwait(false))
                return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        throw new StorageUnavailableException(store.Place, "others write it all the time");
    }

    private async Task<Reading> LookAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var known = _last;
        var text = await store.ReadAsync(known?.Text, cancellationToken).ConfigureAwait(false);
        var isSame = known is not null && (text is null ? known.Text is null : ReferenceEquals(known.Text, text));
        var reading = isSame && known is not null ? known with { At = started } : new Reading(text, Parse(text), started);
        _last = reading;
        return reading;
    }

    private ClusterRegister Parse(StoredText? text) => text is null
        ? ClusterRegister.Empty
        : ClusterRegister.Read(text.Text) ?? throw new StorageUnavailableException(store.Place, "it is no register of clusters: delete it, and it is made anew at the next full run");

    private sealed record Reading(StoredText? Text, ClusterRegister Register, long At);
}
