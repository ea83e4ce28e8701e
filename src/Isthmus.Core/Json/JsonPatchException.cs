namespace Isthmus.Core.Json;

/// <summary>A JSON patch that does not apply; the message is worded as Kubernetes' own patch library words it.</summary>
public sealed class JsonPatchException : Exception
{
    public JsonPatchException()
        : this("invalid patch", 0)
    {
    }

    public JsonPatchException(string message)
        : this(message, 0)
    {
    }

    public JsonPatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Reports the failure of the operation at an index of the patch.</summary>
    public JsonPatchException(string message, int operation, bool testFailed = false)
        : base(message)
    {
        Operation = operation;
        TestFailed = testFailed;
    }

    /// <summary>Whether a <c>test</c> found another value: the document is not what the patch was made for.</summary>
    public bool TestFailed { get; }

    /// <summary>Index of the failed operation in the patch.</summary>
    public int Operation { get; }
}
