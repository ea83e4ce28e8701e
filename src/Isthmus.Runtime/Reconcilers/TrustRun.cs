using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The intermediate CA in the clusters that run an istiod. Observe and plan once.</summary>
internal sealed class TrustRun(ClusterConnections connections, ICertificateSource certificates, TimeProvider time)
{
    /// <summary>The CA to distribute; null where the mesh has none or it is not sound, which the state then says.</summary>
    public async Task<CaMaterial?> ReadAsync(MeshDocument mesh, RunState state, CancellationToken cancellationToken)
    {
        if (mesh.Trust is not { } trust)
            return null;
        CaMaterial material;
        try
        {
            material = await certificates.ReadAsync(trust, cancellationToken).ConfigureAwait(false);
        }
        catch (CertificateSourceException failure)
        {
            state.Fail(failure.Message);
            state.Notice(new TrustNotice(TrustNotice.Unreadable, failure.Message));
            return null;
        }

        var now = time.GetUtcNow();
        var faults = CaMaterialValidator.Validate(material, now);
        foreach (var fault in faults)
        {
            state.Fail($"certificate {trust.Certificate} of {trust.Vault}: {fault}");
            state.Notice(new TrustNotice(TrustNotice.Refused, $"{fault}. The clusters keep the CA that they have"));
        }

        foreach (var notice in faults.IsEmpty ? CaExpiry.Find(material, now) : [])
            state.Notice(notice);
        return faults.IsEmpty ? material : null;
    }

    public async Task<Plan> PlanAsync(MeshDocument mesh, CaMaterial? material, IReadOnlyList<MeshCluster> clusters, RunState state, CancellationToken cancellationToken)
    {
        if (material is null || mesh.Trust is not { } trust)
            return Plan.Empty;
        var actions = await Task.WhenAll(clusters.Where(cluster => cluster.HasOwnControlPlane).Select(cluster => state.TryAsync(cluster.Name, async () =>
        {
            var seen = await ObserveAsync(connections.Get(cluster), mesh, cancellationToken).ConfigureAwait(false);
            return TrustPlanner.Plan(mesh, trust, cluster, seen, material);
        }))).ConfigureAwait(false);
        return new Plan(actions.OfType<PlannedAction>());
    }

    private static async Task<TrustSnapshot> ObserveAsync(ClusterApi api, MeshDocument mesh, CancellationToken cancellationToken)
    {
        await NamespaceObserver.ReadAsync(api, mesh, cancellationToken).ConfigureAwait(false);
        var target = TrustPlanner.CaSecret(api.Cluster);
        var secret = await api.GetAsync(target.Kind, target.Namespace, target.Name, cancellationToken).ConfigureAwait(false);
        var ns = await api.GetAsync(ResourceKind.Namespace, null, SystemNamespaces.Istio, cancellationToken).ConfigureAwait(false);
        return new TrustSnapshot(ns is not null && !ns.IsTerminating(), secret);
    }
}
