using Isthmus.Core.Federation;

namespace Isthmus.Runtime.Gateways;

/// <summary>How a gateway took a TLS connection with the SNI of an exported service.</summary>
public enum ProbeOutcome
{
    /// <summary>A server's certificate came back, so the way through the gateway to a pod is open.</summary>
    Answered,

    /// <summary>The connection was taken and closed again: the gateway knows no such SNI, or no pod behind it.</summary>
    Closed,

    /// <summary>Something answered that shows no certificate.</summary>
    NotTls,

    /// <summary>Nobody listens there, or no way leads there.</summary>
    Refused,

    TimedOut,

    NotResolved,
}

/// <summary>What one probe of one address found. <see cref="Detail"/> says it for people.</summary>
public sealed record GatewayProbeResult(GatewayAddress Address, string ServerName, ProbeOutcome Outcome, string Detail, TimeSpan Took)
{
    /// <summary>The SPIFFE identity of the pod that answered; null where its certificate names none.</summary>
    public string? Identity { get; init; }

    /// <summary>When that certificate ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    public bool IsAnswer => Outcome == ProbeOutcome.Answered;
}
