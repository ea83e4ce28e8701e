using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>What a run looks at: some names, or all.</summary>
public sealed class FederationScope
{
    public static readonly FederationScope Everything = new(null);

    private readonly ImmutableSortedSet<ServiceName>? _names;

    private FederationScope(ImmutableSortedSet<ServiceName>? names) => _names = names;

    public bool IsEverything => _names is null;

    public static FederationScope Of(params ServiceName[] names) => new([.. names]);

    public bool Includes(ServiceName name) => _names is null || _names.Contains(name);

    public bool IncludesNamespace(string ns) => _names is null || _names.Any(name => name.Namespace == ns);
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

    /// <summary>The Services in scope, exported or not (any more).</summary>
    public IReadOnlyList<JsonObject> Services { get; init; } = [];

    /// <summary>Every Service in scope, exported or not; read only where networks of one control plane list them (<see cref="CrossNetworkHosts"/>).</summary>
    public IReadOnlyList<JsonObject> AllServices { get; init; } = [];

    /// <summary>The pods of the exporting namespaces, or at least those behind the exported Services.</summary>
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    public IReadOnlyList<JsonObject> EndpointSlices { get; init; } = [];

    public JsonObject? GatewayService { get; init; }

    /// <summary>Istio's own ConfigMap, for its trust domain; null where there is none.</summary>
    public JsonObject? IstioConfigMap { get; init; }

    public IReadOnlyList<JsonObject> Nodes { get; init; } = [];

    /// <summary>The ConfigMap that holds the DNS records; null where there is none.</summary>
    public JsonObject? DnsConfigMap { get; init; }

    /// <summary>ConfigMaps that held our records if the cluster had another DNS provider before; only looked at when the scope is everything.</summary>
    public IReadOnlyList<JsonObject> FormerDnsConfigMaps { get; init; } = [];
}

/// <summary>What was seen of the mesh. A cluster that could not be read is absent, which is not the same as empty.</summary>
public sealed class FederationSnapshot
{
    public required FederationScope Scope { get; init; }

    public required IReadOnlyDictionary<ClusterName, ClusterSnapshot> Clusters { get; init; }

    /// <summary>The addresses whose holders were looked for in every cluster; null: all.</summary>
    public IReadOnlySet<string>? KnownAddresses { get; init; }

    /// <summary>The time of first claims and exports that this run writes.</summary>
    public required DateTimeOffset Now { get; init; }
}
