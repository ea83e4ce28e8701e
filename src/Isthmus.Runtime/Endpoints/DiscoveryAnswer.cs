namespace Isthmus.Runtime.Endpoints;

/// <summary>What a proxy is answered.</summary>
public abstract record DiscoveryAnswer
{
    private DiscoveryAnswer()
    {
    }

    /// <summary>A DiscoveryResponse in JSON.</summary>
    public sealed record Fresh(ReadOnlyMemory<byte> Json) : DiscoveryAnswer;

    /// <summary>The proxy has it already.</summary>
    public sealed record Unchanged : DiscoveryAnswer;

    /// <summary>The request makes no sense.</summary>
    public sealed record Refused(string Reason) : DiscoveryAnswer;

    /// <summary>Not enough is known yet. The proxy keeps what it has and asks again.</summary>
    public sealed record NotReady(string Reason) : DiscoveryAnswer;
}
