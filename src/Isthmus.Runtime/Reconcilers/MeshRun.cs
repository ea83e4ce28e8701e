using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>All capabilities one after the other: setup and trust of some clusters, then every global name.</summary>
public sealed class MeshRun(
    ClusterConnections connections, ICertificateSource certificates, WebhookSettings webhooks, ReconcilerOptions options, TimeProvider time)
{
    private readonly SetupRun _setup = new(connections, webhooks);
    private readonly TrustRun _trust = new(connections, certificates, time);
    private readonly FederationRun _federation = new(connections, options, time);
    private readonly ControlPlaneRun _controlPlanes = new(connections, options, time);

    /// <param name="mesh">The document to go by.</param>
    /// <param name="clusters">The clusters whose setup and trust are looked at; names concern all.</param>
    /// <param name="budget">For the whole run.</param>
    /// <param name="isDryRun">Whether only to say what would be done.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    internal async Task<RunReport> RunAsync(
        MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, TimeSpan budget, bool isDryRun, CancellationToken cancellationToken)
    {
        var state = new RunState();
        var material = await _trust.ReadAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        return await new ReconcileLoop(connections, time).RunAsync(
            mesh,
            state,
            budget,
            isDryRun,
            async token =>
            {
                var trust = await _trust.PlanAsync(mesh, material, clusters, state, token).ConfigureAwait(false);
                var names = await _federation.PlanAsync(mesh, [], state, token).ConfigureAwait(false);
                var setup = await _setup.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                return await _controlPlanes.AddAsync(names.With(setup).With(trust), mesh, isDryRun, state, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    internal async Task<RunReport> RunTrustAsync(MeshDocument mesh, TimeSpan budget, CancellationToken cancellationToken)
    {
        var state = new RunState();
        var material = await _trust.ReadAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        return await new ReconcileLoop(connections, time).RunAsync(
            mesh, state, budget, isDryRun: false, token => _trust.PlanAsync(mesh, material, mesh.Clusters, state, token), cancellationToken).ConfigureAwait(false);
    }
}
