using System.Globalization;
using System.Runtime.CompilerServices;

namespace Isthmus.Runtime.EventGrid.Replay;

/// <summary>Dead letters in a folder and those below it, as <c>az storage blob download-batch</c> leaves them.</summary>
public sealed class FolderDeadLetters(string folder) : IDeadLetterStore
{
    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A download gives files the time of the download, so their times say nothing.
        var names = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await Task.FromResult(name).ConfigureAwait(false);
        }
    }

    public async Task<DeadLetterFile?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        var version = Version(path);
        return version is null ? null : new DeadLetterFile(name, await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false), version);
    }

    public async Task<bool> ReplaceAsync(DeadLetterFile file, string? text, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, file.Name);
        if (Version(path) != file.Version)
            return false;
        if (text is null)
        {
            File.Delete(path);
            return true;
        }

        // Whole or not at all: a half written file would be lost to the next replay.
        var beside = $"{path}.new";
        await File.WriteAllTextAsync(beside, text, cancellationToken).ConfigureAwait(false);
        File.Move(beside, path, overwrite: true);
        return true;
    }

    private static string? Version(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}/{file.Length}") : null;
    }
}
