using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Reads the namespace of our objects, and with it whether a newer document was applied there.</summary>
internal static class NamespaceObserver
{
    public static async Task<JsonObject?> ReadAsync(ClusterApi api, MeshDocument mesh, CancellationToken cancellationToken)
    {
        var live = await api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Isthmus, cancellationToken).ConfigureAwait(false);
        if (live is not null && Ownership.IsOurs(live, mesh.Name)
            && long.TryParse(live.Annotation(Ownership.GenerationAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var found)
            && found > mesh.Generation)
            throw new StaleDocumentException(api.Cluster, found, mesh.Generation);
        return live;
    }
}
