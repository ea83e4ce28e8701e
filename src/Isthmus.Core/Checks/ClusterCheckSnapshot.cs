using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Checks;

/// <summary>What the preflight saw of one cluster.</summary>
public sealed record ClusterCheckSnapshot
{
    /// <summary>Why the cluster could not be looked at; null where it could. Nothing else counts then.</summary>
    public string? Silence { get; init; }

    public ServerAnswer? Answer { get; init; }

    /// <summary>The rights that we need there and do not have.</summary>
    public ImmutableArray<RequiredRight> MissingRights { get; init; } = [];

    /// <summary>What the server refused to show, and why.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];

    /// <summary>Empty in a cluster that another's control plane serves.</summary>
    public ImmutableArray<SeenIstiod> Istiods { get; init; } = [];

    /// <summary>The Services that are exported, by label or by ServiceExport.</summary>
    public IReadOnlyList<JsonObject> Exported { get; init; } = [];

    /// <summary>The pods of the namespaces that export.</summary>
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    /// <summary>Istio's and Kubernetes' objects of every namespace, by kind; those of Istio in a control plane's cluster only.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> Objects { get; init; } = new Dictionary<string, IReadOnlyList<JsonObject>>();

    public JsonObject? GatewayService { get; init; }

    public IReadOnlyList<JsonObject> GatewayPods { get; init; } = [];

    public IReadOnlyList<JsonObject> Nodes { get; init; } = [];

    public IReadOnlyList<SeenProbe> Probes { get; init; } = [];

    /// <summary>The ConfigMap that holds our DNS records, or would.</summary>
    public JsonObject? DnsConfigMap { get; init; }

    /// <summary>The ConfigMaps of CoreDNS that the cluster's <c>dns</c> does not name.</summary>
    public IReadOnlyList<JsonObject> OtherDnsConfigMaps { get; init; } = [];

    /// <summary>The ConfigMap of NodeLocal DNSCache; null where there is none.</summary>
    public JsonObject? NodeLocalDns { get; init; }

    /// <summary>The Secret <c>cacerts</c>; null where there is none.</summary>
    public JsonObject? CaSecret { get; init; }

    /// <summary>In a control plane's cluster, every Secret that istiod reads clusters by, ours or not.</summary>
    public IReadOnlyList<JsonObject> RemoteSecrets { get; init; } = [];

    /// <summary>What was found of the ranges that the document does not give.</summary>
    public ClusterRanges Ranges { get; init; } = ClusterRanges.Unknown;

    /// <summary>The objects of a kind that are not ours.</summary>
    internal IEnumerable<JsonObject> Foreign(string plural, string mesh) =>
        All(plural).Where(found => !Planning.Ownership.IsOurs(found, mesh));

    public IReadOnlyList<JsonObject> All(string plural) => Objects.GetValueOrDefault(plural) ?? [];

    /// <summary>The names that the exported services have inside their cluster.</summary>
    internal ImmutableSortedDictionary<string, JsonObject> ExportedHosts(string clusterDomain) => Exported
        .DistinctBy(FederationNames.NameOf)
        .ToImmutableSortedDictionary(service => $"{service.Name()}.{service.NamespaceName()}.svc.{clusterDomain}", service => service, StringComparer.Ordinal);
}
