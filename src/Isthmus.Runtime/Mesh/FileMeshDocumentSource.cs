using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Mesh;

/// <summary>A mesh document in a file. Kubeconfig paths in it are relative to its folder.</summary>
public sealed class FileMeshDocumentSource(string path) : IMeshDocumentSource
{
    public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var text = await File.ReadAllTextAsync(full, cancellationToken).ConfigureAwait(false);
        var result = MeshDocument.Parse(text, Path.GetDirectoryName(full));
        return result.Document ?? throw new MeshDocumentException(path, result.Errors);
    }
}
