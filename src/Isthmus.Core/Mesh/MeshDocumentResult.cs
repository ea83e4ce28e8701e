using System.Collections.Immutable;

namespace Isthmus.Core.Mesh;

/// <summary>One fault of a mesh document: where (path and 1-based line) and what.</summary>
public sealed record MeshDocumentError(string Path, int Line, string Message)
{
    public override string ToString() => Path.Length == 0 ? $"line {Line}: {Message}" : $"{Path} (line {Line}): {Message}";
}

/// <summary>A valid document, or every fault that was found, in the order of lines.</summary>
public sealed class MeshDocumentResult
{
    internal MeshDocumentResult(MeshDocument? document, ImmutableArray<MeshDocumentError> errors)
    {
        Document = errors.IsEmpty ? document : null;
        Errors = errors;
    }

    /// <summary>Null where there is any error.</summary>
    public MeshDocument? Document { get; }

    public ImmutableArray<MeshDocumentError> Errors { get; }
}
