using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Which trust domain the identities of a cluster's pods stand under.</summary>
internal static class TrustDomain
{
    // Istio's default.
    private const string Default = "cluster.local";

    /// <summary>The document's word, else the mesh config of the cluster's control plane, else Istio's default.</summary>
    public static string Of(MeshDocument mesh, MeshCluster cluster, FederationSnapshot snapshot) =>
        mesh.Trust?.TrustDomain ?? FromMeshConfig(snapshot.Clusters.GetValueOrDefault(cluster.ControlPlane)?.IstioConfigMap) ?? Default;

    private static string? FromMeshConfig(JsonObject? configMap)
    {
        if (ObjectMetadata.TextOf((configMap?["data"] as JsonObject)?["mesh"]) is not { } text)
            return null;
        try
        {
            return ObjectMetadata.TextOf((Yaml.Read(text) as JsonObject)?["trustDomain"]) is { Length: > 0 } domain ? domain : null;
        }
        catch (YamlFormatException)
        {
            // istiod would not start with it either; its last good one is unknown to us.
            return null;
        }
    }
}
