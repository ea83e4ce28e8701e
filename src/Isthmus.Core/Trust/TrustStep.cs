namespace Isthmus.Core.Trust;

/// <summary>What is next for one cluster.</summary>
internal abstract record TrustStep
{
    private TrustStep()
    {
    }

    /// <summary>This is what it has to hold; where it does already, nothing is written.</summary>
    public sealed record To(TrustHolding Held) : TrustStep;

    /// <summary>It keeps what it has.</summary>
    public sealed record Stay(string Reason) : TrustStep;
}
