using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Isthmus.Core.Mesh;

/// <summary>One cluster of a mesh document.</summary>
public sealed class MeshCluster
{
    public MeshCluster()
    {
    }

    [SetsRequiredMembers]
    private MeshCluster(MeshCluster other)
    {
        (Name, Network, ControlPlane, Locality, Access, ApiServer) = (other.Name, other.Network, other.ControlPlane, other.Locality, other.Access, other.ApiServer);
        (PodCidrs, ServiceCidrs, Gateway, WebhookReach, SlicesNotify) = (other.PodCidrs, other.ServiceCidrs, other.Gateway, other.WebhookReach, other.SlicesNotify);
        (Leaving, Draining, MayExport, Dns) = (other.Leaving, other.Draining, other.MayExport, other.Dns);
        (VirtualNetwork, ClusterDomain) = (other.VirtualNetwork, other.ClusterDomain);
    }

    public required ClusterName Name { get; init; }

    public required NetworkName Network { get; init; }

    /// <summary>The cluster whose istiod serves this one: itself unless another is named.</summary>
    public required ClusterName ControlPlane { get; init; }

    /// <summary>Istio's locality, <c>region[/zone[/subzone]]</c>; null where the document gives none.</summary>
    public required string? Locality { get; init; }

    public required ClusterAccess Access { get; init; }

    /// <summary>Where the control plane's istiod reaches the API server; null: at the address of <see cref="Access"/>, as we do.</summary>
    public required Uri? ApiServer { get; init; }

    public required ImmutableArray<IPNetwork> PodCidrs { get; init; }

    public required ImmutableArray<IPNetwork> ServiceCidrs { get; init; }

    /// <summary>Null where the cluster has no gateway: it can import, but not export.</summary>
    public required MeshGateway? Gateway { get; init; }

    public required WebhookReach WebhookReach { get; init; }

    /// <summary>The image of the relay; null: the usual one.</summary>
    public string? RelayImage { get; init; }

    /// <summary>Whether a webhook tells of EndpointSlices; otherwise they are listed every half minute.</summary>
    public bool SlicesNotify { get; init; } = true;

    /// <summary>Everything that we keep in the cluster is taken out of it.</summary>
    public required bool Leaving { get; init; }

    /// <summary>Traffic moves to other exporters where there are any.</summary>
    public required bool Draining { get; init; }

    /// <summary>The namespaces that services may be exported from; <c>*</c> means all but the system's.</summary>
    public required ImmutableArray<string> MayExport { get; init; }

    public required DnsKind Dns { get; init; }

    /// <summary>ARM id of the virtual network that the cluster's nodes are in; with <c>dns: private</c> it is linked to our zones.</summary>
    public string? VirtualNetwork { get; init; }

    public required string ClusterDomain { get; init; }

    /// <summary>The same cluster, where what the document leaves open is filled in.</summary>
    public MeshCluster Filled(string? region, string? virtualNetwork, ImmutableArray<IPNetwork> podCidrs, ImmutableArray<IPNetwork> serviceCidrs) => new(this)
    {
        Locality = Locality ?? region,
        VirtualNetwork = VirtualNetwork ?? virtualNetwork,
        PodCidrs = PodCidrs.IsEmpty ? podCidrs : PodCidrs,
        ServiceCidrs = ServiceCidrs.IsEmpty ? serviceCidrs : ServiceCidrs,
    };

    public bool HasOwnControlPlane => ControlPlane == Name;

    /// <summary>Whether the document lets services of a namespace be exported; never those of the system.</summary>
    public bool AllowsExportFrom(string ns) =>
        !SystemNamespaces.IsSystem(ns) && (MayExport.Contains("*") || MayExport.Contains(ns));
}

/// <summary>The namespaces that hold no services of users.</summary>
public static class SystemNamespaces
{
    /// <summary>Where our own objects live in each cluster.</summary>
    public const string Isthmus = "isthmus-system";

    /// <summary>Istio's root namespace.</summary>
    public const string Istio = "istio-system";

    /// <summary>Istio never injects into these (its injection decision, rule 2).</summary>
    public static readonly ImmutableArray<string> NeverInjected = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

    public static bool IsSystem(string ns) => ns is Isthmus or Istio || NeverInjected.Contains(ns);
}

/// <summary>How the cluster's API server is reached.</summary>
public abstract record ClusterAccess
{
    private ClusterAccess()
    {
    }

    /// <summary>A kubeconfig file, and the context in it where not its current one.</summary>
    public sealed record Kubeconfig(string Path, string? Context) : ClusterAccess;

    /// <summary>An AKS cluster by its ARM resource id.</summary>
    public sealed record Aks(string ResourceId) : ClusterAccess;

    /// <summary>A kubeconfig that is a secret of the mesh's vault.</summary>
    public sealed record VaultSecret(string SecretName) : ClusterAccess
    {
        /// <summary>The mesh's vault; null where the document names none, which no valid one does.</summary>
        public Uri? Vault { get; init; }
    }
}

/// <summary>The gateway for traffic of other networks: its Service, or fixed addresses, and the pods behind it.</summary>
public sealed class MeshGateway
{
    /// <summary>Istio's port for TLS that is routed by SNI.</summary>
    public const int DefaultPort = 15443;

    /// <summary>The gateway's Service; null where addresses are given.</summary>
    public required ServiceName? Service { get; init; }

    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>Labels of the gateway's pods; empty: those that the Service selects, or Istio's own for an east-west gateway.</summary>
    public required ImmutableSortedDictionary<string, string> Selector { get; init; }
}

/// <summary>How an API server gets to our webhooks.</summary>
public enum WebhookReach
{
    Url,
    Relay,
}

/// <summary>Who answers global names in a cluster.</summary>
public enum DnsKind
{
    /// <summary>A marked block in CoreDNS's own Corefile.</summary>
    CoreDns,

    /// <summary>AKS's <c>coredns-custom</c> ConfigMap.</summary>
    CoreDnsCustom,

    /// <summary>Azure Private DNS zones that are linked to the cluster's virtual network.</summary>
    Private,

    /// <summary>Istio's DNS proxy in the sidecar, from the ServiceEntries: no records are written.</summary>
    Sidecar,

    /// <summary>Nobody, as far as we are concerned.</summary>
    None,
}
