using Isthmus.Core.Mesh;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Gateways;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>All capabilities one after the other: setup and trust of some clusters, then every global name.</summary>
public sealed class MeshRun(
    ClusterConnections connections, ICertificateSource certificates, ReconcilerOptions options, TimeProvider time, WebhookSettings? webhooks = null,
    ResolvedHosts? hosts = null)
{
    private readonly SetupRun _setup = new(connections, webhooks, time);
    private readonly TrustRun _trust = new(connections, certificates, time);
    private readonly TrustNoticeRun _notices = new(connections, time);
    private readonly FederationRun _federation = new(connections, options, hosts ?? ResolvedHosts.ByDns(time), time);
    private readonly AddressRangeRun _ranges = new(connections);
    private readonly ControlPlaneRun _controlPlanes = new(connections, options, time);

    /// <param name="mesh">The document to go by.</param>
    /// <param name="clusters">The clusters whose setup and trust are looked at; names concern all.</param>
    /// <param name="budget">For the whole run.</param>
    /// <param name="isDryRun">Whether only to say what would be done.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    /// <param name="control">Whoever watches the run.</param>
    internal async Task<RunReport> RunAsync(
        MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, TimeSpan budget, bool isDryRun, CancellationToken cancellationToken, RunControl? control = null)
    {
        var state = new RunState(control);
        return await new ReconcileLoop(connections, time).RunAsync(
            mesh,
            state,
            budget,
            isDryRun,
            async token =>
            {
                // A run that is held to namespaces is about their services and nothing else.
                if (!options.Scope.Namespaces.IsEmpty)
                    return options.Narrow(await _federation.PlanAsync(mesh, [], state, token).ConfigureAwait(false));
                var trust = await _trust.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                await _ranges.CheckAsync(mesh, state, token).ConfigureAwait(false);
                var notices = await _notices.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                var names = await _federation.PlanAsync(mesh, [], state, token).ConfigureAwait(false);
                var setup = await _setup.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                return options.Narrow(await _controlPlanes.AddAsync(names.With(setup).With(trust).With(notices), mesh, isDryRun, state, token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Some clusters' setup and trust, without the names.</summary>
    internal async Task<RunReport> RunSetupAsync(
        MeshDocument mesh, IReadOnlyList<MeshCluster> clusters, TimeSpan budget, CancellationToken cancellationToken)
    {
        var state = new RunState();
        return await new ReconcileLoop(connections, time).RunAsync(
            mesh,
            state,
            budget,
            isDryRun: false,
            async token =>
            {
                var trust = await _trust.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                var setup = await _setup.PlanAsync(mesh, clusters, state, token).ConfigureAwait(false);
                return await _controlPlanes.AddAsync(setup.With(trust), mesh, isDryRun: false, state, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
