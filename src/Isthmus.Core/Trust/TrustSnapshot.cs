using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Trust;

/// <summary>What was seen of one cluster's trust.</summary>
/// <param name="HasIstioNamespace">Whether istio-system is there and stays.</param>
/// <param name="CaSecret">The Secret <c>cacerts</c>; null where there is none.</param>
public sealed record TrustSnapshot(bool HasIstioNamespace, JsonObject? CaSecret)
{
    /// <summary>The roots that istiod has loaded, by its ConfigMap <c>istio-ca-root-cert</c>, read after the Secret; null where there is none.</summary>
    public string? PublishedRoot { get; init; }

    /// <summary>The Secret <c>istio-ca-secret</c> of the CA that istiod made for itself; null where there is none.</summary>
    public JsonObject? SelfSigned { get; init; }

    /// <summary>The istiods; none where no Deployment of one was found.</summary>
    public IReadOnlyList<TrustIstiod> Istiods { get; init; } = [];

    /// <summary>Why more than one root must not be given to an istiod here; null where it may.</summary>
    public string? OneRootOnly => Istiods.FirstOrDefault(istiod => istiod.GivesOneRoot)?.OneRoot;

    /// <summary>
    /// Why what is published does not tell what workloads are given; null where it does. One istiod of all revisions is elected to
    /// write the ConfigMap, so one that follows changed roots says nothing of another that does not.
    /// </summary>
    public string? Doubt => OneRootOnly ?? (Istiods.Any(istiod => istiod.IsMultiRoot) && Istiods.FirstOrDefault(istiod => !istiod.IsMultiRoot) is { } deaf
        ? $"{deaf.Name} runs without ISTIO_MULTIROOT_MESH=true and leaves changed roots alone, while istio-ca-root-cert is written by one of the others; set it there too, or take that istiod away"
        : null);
}

/// <summary>What was seen of the whole mesh's trust. A cluster that is missing in it could not be seen.</summary>
public sealed record MeshTrustSnapshot
{
    public required IReadOnlyDictionary<ClusterName, TrustSnapshot> Clusters { get; init; }

    /// <summary>The newest CA of the vault, validated and read after the clusters; null where it gives none that may be used.</summary>
    public required CaMaterial? Newest { get; init; }

    /// <summary>The version that <see cref="TrustPlanner.VersionNeeded"/> asked for.</summary>
    public CaMaterial? Pinned { get; init; }

    /// <summary>Taken after everything was read: waits start no earlier than what they wait for.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What a user orders; null: go on with what is under way.</summary>
    public TrustOrder? Order { get; init; }
}
