using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Isthmus.Core.Mesh;

/// <summary>The mesh document: what one mesh consists of. Only valid documents exist; <see cref="Parse"/> makes them.</summary>
public sealed class MeshDocument
{
    // Planners look clusters up for every name and importer.
    private Dictionary<ClusterName, MeshCluster>? _byName;

    public MeshDocument()
    {
    }

    [SetsRequiredMembers]
    private MeshDocument(MeshDocument other)
    {
        (Name, Generation, Domain, AddressRange, Trust, PrivateDns) = (other.Name, other.Generation, other.Domain, other.AddressRange, other.Trust, other.PrivateDns);
        (Injection, Clusters, Rejected, Discovery, Defaults) = (other.Injection, other.Clusters, other.Rejected, other.Discovery, other.Defaults);
        (Gone, Notices) = (other.Gone, other.Notices);
    }

    public required string Name { get; init; }

    /// <summary>Counts up with each edit; a run with an older one than it finds in a cluster stops. 0 where not given.</summary>
    public required long Generation { get; init; }

    /// <summary>The last labels of global names, <c>global</c> unless given.</summary>
    public required string Domain { get; init; }

    /// <summary>The range that virtual addresses come from.</summary>
    public required IPNetwork AddressRange { get; init; }

    public required TrustSettings? Trust { get; init; }

    /// <summary>Where private zones stand; null where no cluster has or had <c>dns: private</c>.</summary>
    public PrivateDnsSettings? PrivateDns { get; init; }

    public required InjectionPolicy Injection { get; init; }

    public required ImmutableArray<MeshCluster> Clusters { get; init; }

    /// <summary>What is wrong with a newer document, which therefore is not the one in use; none where this is the newest.</summary>
    public ImmutableArray<MeshDocumentError> Rejected { get; private init; } = [];

    /// <summary>Where clusters are looked for that join by a tag; null: nowhere.</summary>
    public DiscoverySettings? Discovery { get; init; }

    public ClusterDefaults Defaults { get; init; } = ClusterDefaults.None;

    /// <summary>Clusters that Azure has no more. They are not asked for anything, and what they offered is withdrawn.</summary>
    public ImmutableArray<MeshCluster> Gone { get; private init; } = [];

    /// <summary>What the person on call should know of the clusters that Azure has.</summary>
    public ImmutableArray<string> Notices { get; private init; } = [];

    /// <summary>The same document, which stays in use because a newer one has errors.</summary>
    public MeshDocument WithRejected(ImmutableArray<MeshDocumentError> errors) => new(this) { Rejected = errors };

    /// <summary>The same document with what is known of Azure's clusters.</summary>
    public MeshDocument WithClusters(ImmutableArray<MeshCluster> clusters, ImmutableArray<MeshCluster> gone, ImmutableArray<string> notices) =>
        new(this) { Clusters = clusters, Gone = gone, Notices = notices };

    public MeshDocument WithNotices(IEnumerable<string> notices) => new(this) { Notices = Notices.AddRange(notices) };

    public MeshCluster? Find(ClusterName name) => (_byName ??= Clusters.DistinctBy(cluster => cluster.Name).ToDictionary(cluster => cluster.Name)).GetValueOrDefault(name);

    /// <summary>Reads a document. Relative kubeconfig paths are taken from <paramref name="directory"/>.</summary>
    public static MeshDocumentResult Parse(string yaml, string? directory = null) => MeshDocumentParser.Parse(yaml, directory);

    /// <summary>How clients of one cluster reach servers of another; it follows from control planes and networks.</summary>
    public static MeshMode ModeBetween(MeshCluster client, MeshCluster server)
    {
        if (client.ControlPlane != server.ControlPlane)
            return MeshMode.SeveralControlPlanes;
        return client.Network == server.Network ? MeshMode.FlatNetwork : MeshMode.ClusterAwareRouting;
    }
}

/// <summary>The mode of a pair of clusters (design: one document, three modes).</summary>
public enum MeshMode
{
    /// <summary>1: different control planes.</summary>
    SeveralControlPlanes = 1,

    /// <summary>2: one control plane, one network.</summary>
    FlatNetwork = 2,

    /// <summary>3: one control plane, different networks.</summary>
    ClusterAwareRouting = 3,
}

/// <summary>Where the intermediate CA comes from and under which trust domain identities stand.</summary>
/// <param name="Vault">The vault's https address.</param>
/// <param name="Certificate">The certificate's name in the vault.</param>
/// <param name="TrustDomain">Istio's trust domain, null: what each control plane's own mesh config says.</param>
/// <param name="Adopt">Whether a <c>cacerts</c> Secret that somebody else made may be taken over.</param>
public sealed record TrustSettings(Uri Vault, string Certificate, string? TrustDomain, bool Adopt)
{
    /// <summary>The secret with the root or roots, in PEM, where the certificate's own chain ends below them; null where it does not.</summary>
    public string? Root { get; init; }

    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    /// <summary>The longest that any workload's certificate is valid (its proxy's SECRET_TTL); a rotation of the root waits for it twice.</summary>
    public TimeSpan WorkloadCertificateLifetime { get; init; } = DefaultLifetime;
}

/// <summary>What follows when our injection webhook does not answer.</summary>
public enum InjectionFallback
{
    /// <summary>istiod's own webhook stays registered and injects what we missed.</summary>
    Istiod,

    /// <summary>Nothing: a pod that we cannot inject is refused.</summary>
    None,
}

/// <summary>How the injection webhooks are registered.</summary>
public sealed class InjectionPolicy
{
    public const string DefaultRevision = "default";

    public required InjectionFallback Fallback { get; init; }

    /// <summary>1 to 30.</summary>
    public required int TimeoutSeconds { get; init; }

    /// <summary>Kubernetes' own word, Ignore or Fail.</summary>
    public required string FailurePolicy { get; init; }

    /// <summary>Kubernetes' own word, Never or IfNeeded.</summary>
    public required string ReinvocationPolicy { get; init; }

    /// <summary>The revisions and revision tags that namespaces and pods may name; <c>default</c> stands for istiod without a revision.</summary>
    public required ImmutableArray<string> Revisions { get; init; }

    /// <summary>Istio's <c>enableNamespacesByDefault</c>: namespaces without any label are injected too.</summary>
    public required bool EnableNamespacesByDefault { get; init; }
}
