namespace Isthmus.Core.Injection;

/// <summary>Ends the injection of one pod; <see cref="Injector"/> turns it into a result.</summary>
internal sealed class InjectionException(string message) : Exception(message)
{
    /// <summary>Whether the settings are to blame, not the pod.</summary>
    public bool IsOurFault { get; init; }
}
