using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Mesh;

/// <summary>Where the mesh document lies: a file, later a blob.</summary>
public interface IMeshDocumentSource
{
    /// <summary>The document as it is now. Throws <see cref="MeshDocumentException"/> with every error when it is not valid.</summary>
    Task<MeshDocument> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The mesh document cannot be used; the message lists every error with its path and line.</summary>
public sealed class MeshDocumentException(string source, IReadOnlyList<MeshDocumentError> errors)
    : Exception($"{source}: {string.Join("; ", errors)}")
{
    public IReadOnlyList<MeshDocumentError> Errors { get; } = errors;
}
