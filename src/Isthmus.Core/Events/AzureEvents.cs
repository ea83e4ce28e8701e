using System.Text.Json.Nodes;
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

    /// <summary>
    /// Whether a Key Vault event may concern the mesh's CA, by any of the places where it names its object: the subject, the id in
    /// its data, or the name there, whose key Azure has sent with a blank at its end. In doubt it does: all it causes is a look.
    /// </summary>
    public static bool ConcernsTrust(TrustSettings trust, string? subject, JsonNode? data = null)
    {
        string?[] wanted = [trust.Certificate, trust.Root, .. CaSecrets];
        string[] named = [.. new[] { subject, NameInId(Field(data, "Id")), Field(data, "ObjectName") }.OfType<string>().Where(name => name.Length > 0)];
        return named.Length == 0 || named.Any(name => wanted.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static string? Field(JsonNode? data, string name) => (data as JsonObject)?
        .FirstOrDefault(field => string.Equals(field.Key.Trim(), name, StringComparison.OrdinalIgnoreCase)).Value is JsonValue value && value.TryGetValue<string>(out var text)
            ? text.Trim()
            : null;

    /// <summary>https://VAULT/certificates/NAME/VERSION.</summary>
    private static string? NameInId(string? id) =>
        Uri.TryCreate(id, UriKind.Absolute, out var uri) && uri.Segments is [_, _, var name, ..] ? name.TrimEnd('/') : null;

    /// <summary>ARM compares ids in any case; what lies below the cluster (an agent pool) concerns it too.</summary>
    private static bool Names(string? id, string resourceId) =>
        id is not null && $"{id}/".StartsWith($"{resourceId}/", StringComparison.OrdinalIgnoreCase);
}
