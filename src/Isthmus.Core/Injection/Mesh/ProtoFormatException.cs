namespace Isthmus.Core.Injection.Mesh;

/// <summary>JSON that does not fit its message, in the words of Go's protojson.</summary>
internal sealed class ProtoFormatException : FormatException
{
    public ProtoFormatException()
    {
    }

    public ProtoFormatException(string message)
        : base(message)
    {
    }

    public ProtoFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
