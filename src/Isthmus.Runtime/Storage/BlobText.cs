using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.Storage;

/// <summary>A blob, under an identity: read only where it changed (If-None-Match), written only over what was read (If-Match).</summary>
public sealed class BlobText : IStoredText
{
    // Far more than any document needs, and no harm to memory.
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly BlobClient _blob;
    private readonly TokenCredential _credential;
    private readonly HttpPipelineTransport? _transport;

    /// <param name="address">https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.</param>
    /// <param name="credential">Gives tokens for storage; account keys are not used.</param>
    /// <param name="transport">Only where storage is embedded.</param>
    public BlobText(Uri address, TokenCredential credential, HttpPipelineTransport? transport = null)
    {
        (_credential, _transport) = (credential, transport);
        var options = new BlobClientOptions { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(300), MaxDelay = TimeSpan.FromSeconds(2), NetworkTimeout = TimeSpan.FromSeconds(5) } };
        if (transport is not null)
            options.Transport = transport;
        _blob = new BlobClient(address, credential, options);
    }

    public string Place => _blob.Uri.ToString();

    /// <summary>Another blob of the same folder, whose name begins with this one's.</summary>
    public BlobText Beside(string suffix) => new(new UriBuilder(_blob.Uri) { Path = _blob.Uri.AbsolutePath + suffix }.Uri, _credential, _transport);

    public Task<StoredText?> ReadAsync(StoredText? known, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = known is null ? null : new ETag(known.Version) } };
        try
        {
            var answer = await _blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
            if (answer.GetRawResponse().Status == 304)
                return known;
            using var download = answer.Value;
            return new StoredText(await TextAsync(download.Content, cancellationToken).ConfigureAwait(false), download.Details.ETag.ToString());
        }
        catch (RequestFailedException unchanged) when (unchanged.Status == 304)
        {
            return known;
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    });

    public Task<bool> TryWriteAsync(string text, StoredText? known, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var conditions = known is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(known.Version) };
        try
        {
            await _blob.UploadAsync(BinaryData.FromString(text), new BlobUploadOptions { Conditions = conditions }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException conflict) when (conflict.Status == 412 || conflict.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return false;
        }
    });

    private async Task<string> TextAsync(Stream content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var block = new byte[16 * 1024];
        int read;
        while ((read = await content.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > MostBytes)
                throw new StorageUnavailableException(Place, $"it is larger than {MostBytes / 1024 / 1024} MiB: no mesh document");
            buffer.Write(block, 0, read);
        }

        buffer.Position = 0;
        using var reader = new StreamReader(buffer, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (RequestFailedException refusal)
        {
            throw new StorageUnavailableException(Place, Reason(refusal), refusal);
        }
        catch (Exception fault) when (fault is AuthenticationFailedException or AggregateException or HttpRequestException)
        {
            throw new StorageUnavailableException(Place, AzureFaults.Text(fault), fault);
        }
    }

    private static string Reason(RequestFailedException refusal) => refusal switch
    {
        { ErrorCode: "ContainerNotFound" } => "there is no such container",
        { Status: 401 or 403 } => $"{refusal.ErrorCode}: the identity needs the role Storage Blob Data Contributor on the container, and the account has to let this network in",
        { Status: 0 } => AzureFaults.Text(refusal),
        // The SDK's message goes on with the response's headers.
        _ => $"HTTP {refusal.Status} {refusal.ErrorCode}",
    };
}
