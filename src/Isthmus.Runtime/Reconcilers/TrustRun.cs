using System.Collections.Concurrent;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Logging;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The intermediate CA in the clusters that run an istiod. Observe and plan once.</summary>
internal sealed class TrustRun(ClusterConnections connections, ICertificateSource certificates, TimeProvider time)
{
    /// <param name="mesh">The document to go by.</param>
    /// <param name="clusters">Those that may be written; all are looked at, since the stages depend on all.</param>
    /// <param name="state">What this run has met so far.</param>
    /// <param name="cancellationToken">Ends the look at once.</param>
    /// <param name="order">What a user ordered.</param>
    public async Task<Plan> PlanAsync(
        MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, RunState state, CancellationToken cancellationToken, TrustOrder? order = null)
    {
        if (mesh.Trust is not { } trust)
            return Plan.Empty;
        var seen = await ObserveAsync(mesh, trust, state, cancellationToken).ConfigureAwait(false);
        var names = clusters.Select(cluster => cluster.Name).ToHashSet();
        return TrustPlanner.Plan(mesh, trust, seen with { Order = order }).Only(names.Contains);
    }

    /// <summary>The clusters first, then the vault that their Secrets are made from, then the clock (design, consistency rule 1).</summary>
    public async Task<MeshTrustSnapshot> ObserveAsync(MeshDocument mesh, TrustSettings trust, RunState state, CancellationToken cancellationToken)
    {
        var clusters = new ConcurrentDictionary<ClusterName, TrustSnapshot>();
        await Task.WhenAll(mesh.Clusters.Where(cluster => cluster.HasOwnControlPlane).Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var seen = await TrustObserver.ReadAsync(connections.Get(cluster), mesh, cancellationToken).ConfigureAwait(false);
            return clusters[cluster.Name] = seen;
        }))).ConfigureAwait(false);
        var newest = await ReadAsync(trust, () => certificates.ReadAsync(trust, cancellationToken), state).ConfigureAwait(false);
        var all = new MeshTrustSnapshot { Clusters = clusters, Newest = newest, Now = time.GetUtcNow() };
        return TrustPlanner.VersionNeeded(mesh, trust, all) is { } version
            ? all with { Pinned = await ReadAsync(trust, () => certificates.ReadVersionAsync(trust, version, cancellationToken), state).ConfigureAwait(false), Now = time.GetUtcNow() }
            : all;
    }

    /// <summary>Null where the vault gives no CA, or one that may not be used, which the state then says.</summary>
    private async Task<CaMaterial?> ReadAsync(TrustSettings trust, Func<Task<CaMaterial>> read, RunState state)
    {
        CaMaterial material;
        try
        {
            material = await read().ConfigureAwait(false);
        }
        catch (CertificateSourceException failure)
        {
            state.Fail(failure.Message);
            state.Notice(new TrustNotice(TrustNotice.Unreadable, failure.Message));
            return null;
        }

        var now = time.GetUtcNow();
        foreach (var (file, until) in CaExpiry.Ends(material))
            MeshMetrics.Ca(file, until - now);
        var faults = CaMaterialValidator.Validate(material, now, trust.WorkloadCertificateLifetime);
        foreach (var fault in faults)
        {
            state.Fail($"certificate {trust.Certificate} of {trust.Vault}: {fault}");
            state.Notice(new TrustNotice(TrustNotice.Refused, $"{fault}. The clusters keep the CA that they have"));
        }

        foreach (var notice in faults.IsEmpty ? CaExpiry.Find(material, now) : [])
            state.Notice(notice);
        return faults.IsEmpty ? material : null;
    }
}
