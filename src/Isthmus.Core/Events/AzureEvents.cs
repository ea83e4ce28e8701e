using Isthmus.Core.Mesh;

namespace Isthmus.Core.Events;

/// <summary>What Azure's own events are about, in terms of the mesh document.</summary>
public static class AzureEvents
{
    // The secrets of AKS's Istio add-on, for vaults that hold the four PEM texts apart.
    private static readonly string[] CaSecrets = ["root-cert", "ca-cert", "ca-key", "cert-chain"];

    /// <summary>The clusters whose ARM resource an event names: in its subject (Resource Manager) or its source (AKS).</summary>
    public static IReadOnlyList<ClusterName> ClustersNamed(MeshDocument document, string? subject, string source) =>
    [
        .. document.Clusters
            .Where(cluster => cluster.Access is ClusterAccess.Aks aks && (Names(subject, aks.ResourceId) || Names(source, aks.ResourceId)))
            .Select(cluster => cluster.Name)
    ];

    /// <summary>Whether a Key Vault event (its subject is the object's name) may concern the mesh's certificate. In doubt it does.</summary>
    public static bool ConcernsTrust(TrustSettings trust, string? subject) =>
        string.IsNullOrEmpty(subject)
        || string.Equals(subject, trust.Certificate, StringComparison.OrdinalIgnoreCase)
        || CaSecrets.Contains(subject, StringComparer.OrdinalIgnoreCase);

    /// <summary>ARM compares ids in any case; what lies below the cluster (an agent pool) concerns it too.</summary>
    private static bool Names(string? id, string resourceId) =>
        id is not null && $"{id}/".StartsWith($"{resourceId}/", StringComparison.OrdinalIgnoreCase);
}
