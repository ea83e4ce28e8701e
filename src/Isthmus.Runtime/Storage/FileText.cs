using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Runtime.Storage;

/// <summary>A file on this machine. It is replaced as a whole, so that a reader never meets half of it.</summary>
public sealed class FileText(string path) : IStoredText
{
    public string Place => path;

    public async Task<StoredText?> ReadAsync(StoredText? known, CancellationToken cancellationToken)
    {
        try
        {
            var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
            var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            return known?.Version == version ? known : new StoredText(text, version);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(path, fault.Message, fault);
        }
    }

    public async Task<bool> TryWriteAsync(string text, StoredText? known, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(known, cancellationToken).ConfigureAwait(false))?.Version != known?.Version)
            return false;
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await File.WriteAllTextAsync(draft, text, cancellationToken).ConfigureAwait(false);
            File.Move(draft, path, overwrite: true);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            throw new StorageUnavailableException(path, fault.Message, fault);
        }
    }
}
