namespace Isthmus.Runtime.Mesh;

/// <summary>Tells a blob's https address from a path, where somebody says where the mesh document lies.</summary>
public static class MeshDocumentSources
{
    /// <summary>Null where a text is no blob's address: then it is a path.</summary>
    public static Uri? BlobAddress(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.Segments.Length >= 3 ? address : null;
}
