using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Events;

/// <summary>What Azure's own events are about, in terms of the mesh document. Their payload only says where to look.</summary>
public static class AzureEvents
{
    private const string Arm = "Microsoft.Resources.";
    private const string Aks = "Microsoft.ContainerService.";
    private const string KeyVault = "Microsoft.KeyVault.";
    private const string Blob = "Microsoft.Storage.BlobCreated";

    /// <summary>
    /// What ARM calls that change a cluster are named; infra/ subscribes to these. Reading its credentials is an action as well, and one of
    /// our own: looking at the cluster because of it would raise the next one.
    /// </summary>
    public static readonly ImmutableArray<string> ClusterOperations =
    [
        "Microsoft.ContainerService/managedClusters/write",
        "Microsoft.ContainerService/managedClusters/delete",
        "Microsoft.ContainerService/managedClusters/start/action",
        "Microsoft.ContainerService/managedClusters/stop/action",
        "Microsoft.ContainerService/managedClusters/rotateClusterCertificates/action",
        "Microsoft.ContainerService/managedClusters/agentPools/write",
        "Microsoft.ContainerService/managedClusters/agentPools/delete",
        "Microsoft.Kubernetes/connectedClusters/write",
        "Microsoft.Kubernetes/connectedClusters/delete",
    ];

    /// <summary>The types of Resource Manager's events that say that something was carried out.</summary>
    public static readonly ImmutableArray<string> ArmSuccesses = [Arm + "ResourceWriteSuccess", Arm + "ResourceDeleteSuccess", Arm + "ResourceActionSuccess"];

    // The secrets of AKS's Istio add-on, for vaults that hold the four PEM texts apart.
    private static readonly string[] CaSecrets = ["root-cert", "ca-cert", "ca-key", "cert-chain"];

    /// <summary>The clusters that an event of ours, of Resource Manager, AKS or the mesh document's blob asks to look at.</summary>
    /// <param name="document">The mesh document.</param>
    /// <param name="received">The event.</param>
    /// <param name="blob">Where the document lies; null: in no blob that is known, so that any may be it.</param>
    public static ClusterConcern ConcernOf(MeshDocument document, ReceivedEvent received, DocumentBlob? blob = null)
    {
        if (MeshEvent.Parse(received.Type, received.Data) is MeshEvent.ClusterChanged changed)
            return new ClusterConcern.Clusters([changed.Cluster]);
        if (Is(received.Type, Blob))
            return blob?.OtherThan(received) is { } other ? new ClusterConcern.Nothing($"{other} is not the mesh document's blob") : new ClusterConcern.Document();
        if (IsBelow(received.Type, Aks))
            return Named(document, received, Warning(received));
        if (!IsBelow(received.Type, Arm))
            return new ClusterConcern.Nothing($"events of type {received.Type} are about no cluster");
        return ArmSuccesses.Contains(received.Type, StringComparer.OrdinalIgnoreCase)
            ? OfResourceManager(document, received)
            : new ClusterConcern.Nothing("what Resource Manager did not carry out changed nothing");
    }

    /// <summary>The clusters whose ARM resource an event names: in its subject (Resource Manager) or its source (AKS).</summary>
    public static IReadOnlyList<ClusterName> ClustersNamed(MeshDocument document, string? subject, string source) =>
    [
        .. document.Clusters.Concat(document.Gone)
            .Where(cluster => cluster.Access is ClusterAccess.Aks aks
                ? Names(subject, aks.ResourceId) || Names(source, aks.ResourceId)
                : IsConnected(cluster.Name, subject))
            .Select(cluster => cluster.Name)
    ];

    /// <summary>Why a Key Vault event is nothing to the mesh's trust; null where trust is to be looked at.</summary>
    public static string? NoConcernOfTrust(MeshDocument document, ReceivedEvent received)
    {
        if (!IsBelow(received.Type, KeyVault))
            return $"events of type {received.Type} are about no vault";
        if (document.Trust is not { } trust)
            return "the mesh document sets up no trust";
        if (Field(received.Data, "VaultName") is { Length: > 0 } vault && !Is(vault, trust.Vault.Host.Split('.')[0]))
            return $"vault {vault} is not the mesh's";
        return ConcernsTrust(trust, received.Subject, received.Data) ? null : "it is no part of the mesh's CA";
    }

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

    private static ClusterConcern OfResourceManager(MeshDocument document, ReceivedEvent received)
    {
        // Without a name of the operation it is looked at: that costs a look, and missing one costs a quarter of an hour.
        var operation = Field(received.Data, "operationName");
        return operation is null || ClusterOperations.Contains(operation, StringComparer.OrdinalIgnoreCase)
            ? Named(document, received, null)
            : new ClusterConcern.Nothing($"{operation} changes no cluster");
    }

    private static ClusterConcern Named(MeshDocument document, ReceivedEvent received, string? warning)
    {
        var resource = Field(received.Data, "resourceUri");
        var names = ClustersNamed(document, received.Subject, received.Source).Union(ClustersNamed(document, resource, received.Source)).ToList();
        var id = ArmIds.ManagedClusterOf(resource) ?? ArmIds.ManagedClusterOf(received.Subject) ?? ArmIds.ManagedClusterOf(received.Source);
        if (names.Count > 0)
            return new ClusterConcern.Clusters([.. names], warning) { ResourceId = id };
        return id is not null && document.Discovery is { } discovery && discovery.Covers(id)
            ? new ClusterConcern.Newcomer(id)
            : new ClusterConcern.Nothing($"no cluster of the mesh document is {resource ?? received.Subject ?? received.Source}");
    }

    /// <summary>What AKS tells of a cluster beyond that it changed.</summary>
    private static string? Warning(ReceivedEvent received) => received.Type[Aks.Length..] switch
    {
        "ClusterSupportEnding" => $"AKS ends its support of Kubernetes {Field(received.Data, "kubernetesVersion")} soon: upgrade the cluster",
        "ClusterSupportEnded" => $"AKS does not support Kubernetes {Field(received.Data, "kubernetesVersion")} any more: upgrade the cluster",
        "NodePoolRollingFailed" => $"the upgrade of node pool {Field(received.Data, "nodePoolName")} failed: gateways on its nodes may be missing",
        _ => null,
    };

    internal static string? Field(JsonNode? data, string name) => (data as JsonObject)?
        .FirstOrDefault(field => string.Equals(field.Key.Trim(), name, StringComparison.OrdinalIgnoreCase)).Value is { } value
            ? ObjectMetadata.TextOf(value)?.Trim()
            : null;

    /// <summary>https://VAULT/certificates/NAME/VERSION.</summary>
    private static string? NameInId(string? id) =>
        Uri.TryCreate(id, UriKind.Absolute, out var uri) && uri.Segments is [_, _, var name, ..] ? name.TrimEnd('/') : null;

    /// <summary>ARM compares ids in any case; what lies below the cluster (an agent pool) concerns it too.</summary>
    private static bool Names(string? id, string resourceId) =>
        id is not null && $"{id}/".StartsWith($"{resourceId}/", StringComparison.OrdinalIgnoreCase);

    /// <summary>An Arc cluster: the document says how it is reached, not which resource it is, so its name counts.</summary>
    private static bool IsConnected(ClusterName name, string? subject) =>
        subject?.Split('/') is [_, "subscriptions", _, _, _, _, _, var kind, var resource, ..] && Is(kind, "connectedClusters") && Is(resource, name.Value);

    private static bool Is(string text, string other) => string.Equals(text, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string type, string prefix) => type.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
