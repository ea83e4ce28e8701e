namespace Isthmus.Core.Mesh;

/// <summary>Whether a mesh document may take the place of another one that is in use.</summary>
public static class DocumentSuccession
{
    /// <summary>Why not; null where it may.</summary>
    /// <param name="current">The one in use.</param>
    /// <param name="next">The one that is to follow it.</param>
    /// <param name="allowRemoval">Whether entries of clusters may go that were not leaving.</param>
    public static string? Fault(MeshDocument current, MeshDocument next, bool allowRemoval)
    {
        if (current.Name != next.Name)
            return $"it holds mesh '{current.Name}', this is '{next.Name}': every mesh has a document of its own";
        if (next.Generation <= current.Generation)
        {
            return $"it holds generation {current.Generation}, this is {next.Generation}: somebody may have changed it since; pull it, make your edit in that, "
                + $"and set metadata.generation to {current.Generation + 1}";
        }

        var removed = current.Clusters.Where(cluster => !cluster.Leaving && next.Find(cluster.Name) is null).Select(cluster => cluster.Name).Order().ToList();
        return removed.Count == 0 || allowRemoval
            ? null
            : $"it takes out {string.Join(", ", removed)}, which did not leave: set state: leaving first, so that what Isthmus keeps there is cleaned up, or say --allow-removal";
    }

    /// <summary>Why a document cannot serve from where several machines read it; null where it can.</summary>
    public static string? FaultWhenShared(MeshDocument document)
    {
        var local = document.Clusters.Where(cluster => cluster.Access is ClusterAccess.Kubeconfig).Select(cluster => cluster.Name).Order().ToList();
        return local.Count == 0
            ? null
            : $"access.kubeconfig of {string.Join(", ", local)} names a file of this machine, which the functions cannot read: use access.aks or access.vaultSecret";
    }
}
