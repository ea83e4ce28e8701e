using Isthmus.Core.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Mesh;

/// <summary>What became of a document that was pushed or pulled: a closed set.</summary>
public abstract record DocumentTransfer
{
    private DocumentTransfer()
    {
    }

    public sealed record Done(long Generation) : DocumentTransfer;

    /// <summary>Both are the same already.</summary>
    public sealed record Unchanged(long Generation) : DocumentTransfer;

    /// <summary>Nothing was written, and why.</summary>
    public sealed record Refused(string Reason) : DocumentTransfer;
}

/// <summary>Brings a mesh document to where all read it, and back. Neither overwrites what it has not seen.</summary>
/// <param name="shared">Where all read it.</param>
/// <param name="file">The file on this machine.</param>
public sealed class SharedMeshDocument(IStoredText shared, IStoredText file)
{
    /// <summary>Throws <see cref="MeshDocumentException"/> with every error where the file is not valid.</summary>
    public async Task<DocumentTransfer> PushAsync(bool allowRemoval, CancellationToken cancellationToken)
    {
        var local = await file.ReadAsync(null, cancellationToken).ConfigureAwait(false) ?? throw new StorageUnavailableException(file.Place, "there is no such file");
        var result = MeshDocument.Parse(local.Text);
        var next = result.Document ?? throw new MeshDocumentException(file.Place, result.Errors);
        if (DocumentSuccession.FaultWhenShared(next) is { } unfit)
            return new DocumentTransfer.Refused(unfit);
        var held = await shared.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        if (held?.Text == local.Text)
            return new DocumentTransfer.Unchanged(next.Generation);
        // One that does not hold says nothing of generations: whatever holds is better.
        if (held is not null && MeshDocument.Parse(held.Text).Document is { } current && DocumentSuccession.Fault(current, next, allowRemoval) is { } fault)
            return new DocumentTransfer.Refused($"{shared.Place}: {fault}");
        return await shared.TryWriteAsync(local.Text, held, cancellationToken).ConfigureAwait(false)
            ? new DocumentTransfer.Done(next.Generation)
            : new DocumentTransfer.Refused($"{shared.Place}: somebody else wrote it at this moment: pull it and make your edit in that");
    }

    public async Task<DocumentTransfer> PullAsync(bool overwrite, CancellationToken cancellationToken)
    {
        var held = await shared.ReadAsync(null, cancellationToken).ConfigureAwait(false) ?? throw new StorageUnavailableException(shared.Place, "there is no mesh document yet");
        // Also one that does not hold is brought, so that it can be mended.
        var generation = MeshDocument.Parse(held.Text).Document?.Generation ?? 0;
        var local = await file.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        if (local?.Text == held.Text)
            return new DocumentTransfer.Unchanged(generation);
        if (local is not null && !overwrite && !(MeshDocument.Parse(local.Text).Document is { } mine && mine.Generation < generation))
            return new DocumentTransfer.Refused($"{file.Place} holds other content, and no older generation than {generation}: say --overwrite to lose it");
        return await file.TryWriteAsync(held.Text, local, cancellationToken).ConfigureAwait(false)
            ? new DocumentTransfer.Done(generation)
            : new DocumentTransfer.Refused($"{file.Place} was written at this moment by somebody else");
    }
}
