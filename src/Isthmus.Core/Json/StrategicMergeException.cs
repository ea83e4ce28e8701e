namespace Isthmus.Core.Json;

/// <summary>A strategic merge patch that cannot be applied, in the words of Kubernetes' own patch code.</summary>
public sealed class StrategicMergeException : Exception
{
    public StrategicMergeException()
    {
    }

    public StrategicMergeException(string message)
        : base(message)
    {
    }

    public StrategicMergeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
