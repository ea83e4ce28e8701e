namespace Isthmus.Runtime.Injection;

/// <summary>Settings of injection could not be had; the message says why, for the API server and for whoever reads its events.</summary>
public sealed class InjectionUnavailableException : Exception
{
    public InjectionUnavailableException()
    {
    }

    public InjectionUnavailableException(string message)
        : base(message)
    {
    }

    public InjectionUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
