using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Which trust domain the identities of a cluster's pods stand under, and whose its istiod accepts beside them.</summary>
internal sealed record TrustDomain(string Name, ImmutableArray<string> Aliases)
{
    // Istio's default.
    private const string Default = "cluster.local";

    /// <summary>The document's word, else the mesh config of the cluster's control plane, else Istio's default.</summary>
    public static string Of(MeshDocument mesh, MeshCluster cluster, FederationSnapshot snapshot) =>
        mesh.Trust?.TrustDomain ?? FromMeshConfig(Text(snapshot.Clusters.GetValueOrDefault(cluster.ControlPlane)?.IstioConfigMap)).Name;

    /// <summary>What a mesh config says; Istio's default where it says nothing, or there is none.</summary>
    public static TrustDomain FromMeshConfig(string? text)
    {
        if (text is null)
            return new TrustDomain(Default, []);
        try
        {
            var config = Yaml.Read(text) as JsonObject;
            return new TrustDomain(
                ObjectMetadata.TextOf(config?["trustDomain"]) is { Length: > 0 } domain ? domain : Default,
                [.. (config?["trustDomainAliases"] as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>()]);
        }
        catch (YamlFormatException)
        {
            // istiod would not start with it either; its last good one is unknown to us.
            return new TrustDomain(Default, []);
        }
    }

    /// <summary>Whether workloads here let in those of another trust domain.</summary>
    public bool Accepts(string other) => Name == other || Aliases.Contains(other);

    private static string? Text(JsonObject? configMap) => ObjectMetadata.TextOf((configMap?["data"] as JsonObject)?["mesh"]);
}
