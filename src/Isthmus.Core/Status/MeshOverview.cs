using System.Collections.Immutable;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Status;

/// <summary>How the mesh stands. It holds names, addresses, versions and times, and no secret.</summary>
/// <param name="Mesh">The mesh's name.</param>
/// <param name="Generation">Of the document that is gone by.</param>
/// <param name="Clusters">In the document's order.</param>
/// <param name="Names">Every global name that is exported, asked for, or still in place; by name.</param>
/// <param name="Trust">Null where the document sets up no trust.</param>
/// <param name="Warnings">What will go wrong unless somebody acts.</param>
public sealed record MeshOverview(
    string Mesh, long Generation, ImmutableArray<ClusterOverview> Clusters, ImmutableArray<NameOverview> Names, TrustStatus? Trust, ImmutableArray<string> Warnings)
{
    /// <summary>Whether every cluster could be read.</summary>
    public bool IsWhole => Clusters.All(cluster => cluster.Silence is null);
}

/// <summary>One cluster.</summary>
public sealed record ClusterOverview
{
    public required ClusterName Name { get; init; }

    /// <summary>Why it could not be read; null where it could.</summary>
    public string? Silence { get; init; }

    /// <summary>The API server's version.</summary>
    public string? Server { get; init; }

    public required NetworkName Network { get; init; }

    public required ClusterName ControlPlane { get; init; }

    /// <summary>Each istiod with version, revision and ready pods; empty where another's control plane serves it.</summary>
    public ImmutableArray<string> Istiods { get; init; } = [];

    /// <summary><c>active</c>, <c>draining</c> or <c>leaving</c>.</summary>
    public required string State { get; init; }

    /// <summary>The generation of the document that was last applied; null where none was.</summary>
    public long? Generation { get; init; }

    public required DnsKind Dns { get; init; }

    public ImmutableArray<GatewayOverview> Gateways { get; init; } = [];

    /// <summary>How many services' global names its clients see.</summary>
    public int Names { get; init; }

    /// <summary>What was left alone or is wrong there, beside single names.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];
}

/// <summary>One address of a gateway, and what probes said of it last; the state is null where nobody has probed it.</summary>
public sealed record GatewayOverview(string Address, GatewayState? State, DateTimeOffset? Since, string? Detail);

/// <summary>One global name.</summary>
/// <param name="Host">As clients use it.</param>
/// <param name="Address">Its virtual address; null where it has none (yet).</param>
/// <param name="Exporters">The oldest export first, those that are left out last.</param>
/// <param name="Importers">The control planes whose clusters see it.</param>
/// <param name="Pending">The clusters where a run would write something of it.</param>
/// <param name="Problems">What is wrong with it, with the cluster that is concerned.</param>
public sealed record NameOverview(
    string Host, string? Address, ImmutableArray<ExporterOverview> Exporters, ImmutableArray<ClusterName> Importers, ImmutableArray<ClusterName> Pending, ImmutableArray<string> Problems);

/// <summary>One cluster's offer of a name.</summary>
/// <param name="Cluster">Whose.</param>
/// <param name="Ready">How many endpoints are ready there.</param>
/// <param name="Standing"><c>serves</c>, <c>left out</c>, <c>remembered</c> (its API is silent) or <c>refused</c>.</param>
public sealed record ExporterOverview(ClusterName Cluster, int Ready, string Standing);
