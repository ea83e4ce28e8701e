namespace Isthmus.Runtime.Gateways;

/// <summary>How sure a probe has to be. A transition takes several like answers one after the other, so that flapping writes nothing.</summary>
public sealed record GatewayProbeOptions
{
    /// <summary>How often an address that answered must fail, without an answer between, to count as down.</summary>
    public int FailuresToDown { get; init; } = 3;

    /// <summary>How often an address that is down must answer, without a failure between, to count as up.</summary>
    public int AnswersToUp { get; init; } = 2;

    /// <summary>Between two probes of one address.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many addresses are probed at once.</summary>
    public int Parallel { get; init; } = 32;

    /// <summary>For one connection and its handshake together.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For reading and writing what the clusters hold.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(45);
}
