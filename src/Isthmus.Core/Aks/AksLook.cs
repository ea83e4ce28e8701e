namespace Isthmus.Core.Aks;

/// <summary>What a look at one AKS cluster gave: a closed set.</summary>
public abstract record AksLook
{
    private AksLook()
    {
    }

    public sealed record Found(AksCluster Cluster) : AksLook;

    /// <summary>ARM says that it does not exist.</summary>
    public sealed record Gone : AksLook;

    /// <summary>ARM did not answer, or refused: nothing is known that was not known before.</summary>
    public sealed record Unknown(string Reason) : AksLook;
}
