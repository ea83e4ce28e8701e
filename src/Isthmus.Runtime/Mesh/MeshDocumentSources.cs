using Azure.Core;
using Isthmus.Runtime.Storage;

namespace Isthmus.Runtime.Mesh;

/// <summary>From where somebody says that the mesh document lies to its source: a path, or a blob's https address.</summary>
public static class MeshDocumentSources
{
    /// <param name="place">What was said.</param>
    /// <param name="credential">For a blob; not asked for where it is a file.</param>
    /// <param name="time">The clock.</param>
    public static IMeshDocumentSource Open(string place, Func<TokenCredential> credential, TimeProvider time)
    {
        if (BlobAddress(place) is not { } address)
            return new FileMeshDocumentSource(place);
        var blob = new BlobText(address, credential());
        return new BlobMeshDocumentSource(blob, blob.Beside(BlobMeshDocumentSource.LastGoodSuffix), time);
    }

    /// <summary>Null where a text is no blob's address: then it is a path.</summary>
    public static Uri? BlobAddress(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.Segments.Length >= 3 ? address : null;
}
