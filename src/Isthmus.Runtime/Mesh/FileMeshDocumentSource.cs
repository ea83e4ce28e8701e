using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Mesh;

/// <summary>A mesh document in a file, parsed again when the file changes. Kubeconfig paths in it are relative to its folder.</summary>
public sealed class FileMeshDocumentSource(string path) : IMeshDocumentSource
{
    // A file's time is coarser than its content: two writes may share one, so what was written just now is not relied on.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private volatile Parsed? _last;

    public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        var stamp = (file.Exists ? file.LastWriteTimeUtc : default, file.Exists ? file.Length : 0);
        if (_last is { } last && last.Stamp == stamp)
            return last.Document;
        var text = await File.ReadAllTextAsync(full, cancellationToken).ConfigureAwait(false);
        var result = MeshDocument.Parse(text, Path.GetDirectoryName(full));
        var document = result.Document ?? throw new MeshDocumentException(path, result.Errors);
        if (DateTime.UtcNow - stamp.Item1 > Settled)
            _last = new Parsed(stamp, document);
        return document;
    }

    private sealed record Parsed((DateTime Written, long Length) Stamp, MeshDocument Document);
}
