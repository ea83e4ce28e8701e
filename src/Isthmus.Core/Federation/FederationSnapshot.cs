using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Dns;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>What a run looks at: some names, all names of some namespaces, or all.</summary>
public sealed class FederationScope
{
    public static readonly FederationScope Everything = new(null, null);

    private readonly ImmutableSortedSet<ServiceName>? _names;
    private readonly ImmutableSortedSet<string>? _namespaces;

    private FederationScope(ImmutableSortedSet<ServiceName>? names, ImmutableSortedSet<string>? namespaces) => (_names, _namespaces) = (names, namespaces);

    public bool IsEverything => _names is null && _namespaces is null;

    public static FederationScope Of(params ServiceName[] names) => new([.. names], null);

    public static FederationScope OfNamespaces(IEnumerable<string> namespaces) => new(null, [.. namespaces]);

    public bool Includes(ServiceName name) => IsEverything || (_names?.Contains(name) ?? IncludesNamespace(name.Namespace));

    public bool IncludesNamespace(string ns) => IsEverything || (_names?.Any(name => name.Namespace == ns) ?? _namespaces?.Contains(ns) ?? false);
}

/// <summary>What was seen of one cluster, as raw objects. What lies outside the scope may be there or not; it is not touched.</summary>
public sealed class ClusterSnapshot
{
    /// <summary>Our ServiceEntries, DestinationRules and Gateways in scope, and whatever stands under their names.</summary>
    public IReadOnlyList<JsonObject> ServiceEntries { get; init; } = [];

    public IReadOnlyList<JsonObject> DestinationRules { get; init; } = [];

    /// <summary>Ours in isthmus-system, and foreign ones of every namespace.</summary>
    public IReadOnlyList<JsonObject> Gateways { get; init; } = [];

    /// <summary>ServiceEntries that hold one of the addresses in question.</summary>
    public IReadOnlyList<JsonObject> AddressHolders { get; init; } = [];

    /// <summary>Our records of addresses that were freed a short while ago, at least those of the addresses in question.</summary>
    public IReadOnlyList<JsonObject> RestingAddresses { get; init; } = [];

    /// <summary>The Services in scope, exported or not (any more).</summary>
    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    /// <summary>The ServiceExports in scope, in whichever version the cluster serves.</summary>
    public IReadOnlyList<JsonObject> ServiceExports { get; init; } = [];

    /// <summary>Every Service in scope, exported or not; read only where networks of one control plane list them (<see cref="CrossNetworkHosts"/>).</summary>
    public IReadOnlyList<JsonObject> AllServices { get; init; } = [];

    /// <summary>The pods of the exporting namespaces, or at least those behind the exported Services.</summary>
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    public IReadOnlyList<JsonObject> EndpointSlices { get; init; } = [];

    public JsonObject? GatewayService { get; init; }

    /// <summary>Whether istiod takes Gateways for a pod from the pod's own namespace only (PILOT_SCOPE_GATEWAY_TO_NAMESPACE).</summary>
    public bool ScopesGateways { get; init; }

    /// <summary>The cluster's copy of the gateway probes' results; null where it has none.</summary>
    public JsonObject? GatewayHealth { get; init; }

    /// <summary>Istio's own ConfigMap, for its trust domain; null where there is none.</summary>
    public JsonObject? IstioConfigMap { get; init; }

    public IReadOnlyList<JsonObject> Nodes { get; init; } = [];

    /// <summary>The ConfigMap that holds the DNS records; null where there is none.</summary>
    public JsonObject? DnsConfigMap { get; init; }

    /// <summary>
    /// The ConfigMaps of other DNS providers, which held our records if the cluster had one of them before, and may hold what others have for our domain.
    /// They are looked at where the scope is everything, or nothing of ours stands yet.
    /// </summary>
    public IReadOnlyList<JsonObject> OtherDnsConfigMaps { get; init; } = [];
}

/// <summary>What was seen of the mesh. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed class FederationSnapshot
{
    public required FederationScope Scope { get; init; }

    public required IReadOnlyDictionary<ClusterName, ClusterSnapshot> Clusters { get; init; }

    /// <summary>The addresses whose holders were looked for in every cluster; null: all.</summary>
    public IReadOnlySet<string>? KnownAddresses { get; init; }

    /// <summary>The zones of Azure Private DNS; null where there are none to look at, or they could not be read.</summary>
    public PrivateDnsSnapshot? PrivateDns { get; init; }

    /// <summary>Whether the objects of pods' names were looked for too; only headless services have any.</summary>
    public bool HasPods { get; init; } = true;

    /// <summary>To how many addresses the host names of gateways resolve now; those that do not are missing.</summary>
    public IReadOnlyDictionary<string, int> Resolved { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>The time of first claims and exports that this run writes.</summary>
    public required DateTimeOffset Now { get; init; }
}
