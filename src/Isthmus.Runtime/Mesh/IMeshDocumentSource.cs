using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Mesh;

/// <summary>Where the mesh document lies: a file or a blob.</summary>
public interface IMeshDocumentSource
{
    /// <summary>The document as it is now. Throws <see cref="MeshDocumentException"/> with every error when it is not valid.</summary>
    Task<MeshDocument> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The document as it was within the last half minute, or longer ago where it cannot be read now: for webhooks, which API servers
    /// wait for and which write nothing.
    /// </summary>
    Task<MeshDocument> ReadRecentAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    /// <summary>The document after a look at all clusters that Azure knows of; a dry run keeps nothing of what it sees.</summary>
    Task<MeshDocument> LookAsync(bool isDryRun, CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    /// <summary>The document after a look at one resource of Azure, which something happened to.</summary>
    Task<MeshDocument> LookAtAsync(string resourceId, CancellationToken cancellationToken) => ReadAsync(cancellationToken);
}

/// <summary>The mesh document cannot be used; the message lists every error with its path and line.</summary>
public sealed class MeshDocumentException(string source, IReadOnlyList<MeshDocumentError> errors)
    : Exception($"{source}: {string.Join("; ", errors)}")
{
    public IReadOnlyList<MeshDocumentError> Errors { get; } = errors;
}
