using System.Runtime.CompilerServices;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Dead letters in their container. Every write names the ETag that it replaces.</summary>
public sealed class BlobDeadLetters(BlobContainerClient container) : IDeadLetterStore
{
    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = container.GetBlobsAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (pages.ConfigureAwait(false))
        {
            while (await TryAsync(async () => await pages.MoveNextAsync().ConfigureAwait(false)).ConfigureAwait(false))
            {
                // A file is written once its events were tried for the last time.
                var blob = pages.Current;
                if (blob.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && (since is null || blob.Properties.LastModified is not { } written || written >= since))
                    yield return blob.Name;
            }
        }
    }

    public Task<DeadLetterFile?> ReadAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        try
        {
            var read = await container.GetBlobClient(name).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            return new DeadLetterFile(name, read.Value.Content.ToString(), read.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    });

    public Task<bool> ReplaceAsync(DeadLetterFile file, string? text, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var blob = container.GetBlobClient(file.Name);
        var asRead = new BlobRequestConditions { IfMatch = new ETag(file.Version) };
        try
        {
            if (text is null)
                await blob.DeleteAsync(conditions: asRead, cancellationToken: cancellationToken).ConfigureAwait(false);
            else
                await blob.UploadAsync(BinaryData.FromString(text), new BlobUploadOptions { Conditions = asRead, HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            return false;
        }
    });

    private async Task<T> TryAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (RequestFailedException refused) when (refused.Status == 403)
        {
            throw new DeadLetterStoreException(
                $"{container.Uri}: access is refused ({refused.ErrorCode}). It takes the role 'Storage Blob Data Contributor' on the container, and a network that the storage account admits.", refused);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            throw new DeadLetterStoreException($"{container.Uri}: there is no such container.", missing);
        }
        catch (AuthenticationFailedException nobody)
        {
            throw new DeadLetterStoreException($"{container.Uri}: there is no identity to read it with; sign in with 'az login'. {nobody.Message}", nobody);
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException)
        {
            throw new DeadLetterStoreException($"{container.Uri}: {AzureFaults.Text(fault)}", fault);
        }
    }
}
