namespace Isthmus.Core.Checks;

/// <summary>In which clusters a right is needed.</summary>
public enum RightScope
{
    EveryCluster,

    /// <summary>Clusters that another's control plane serves: Kubernetes lets nobody give rights that he does not have, and its reader needs them.</summary>
    ServedCluster,
}
