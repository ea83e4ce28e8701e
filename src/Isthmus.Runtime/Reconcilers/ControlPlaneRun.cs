using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What clusters under one control plane need beside all others (modes 2 and 3). Observe and plan once.</summary>
internal sealed class ControlPlaneRun(ClusterConnections connections, ReconcilerOptions options, TimeProvider time)
{
    private readonly NetworkObserver _networks = new(connections);
    private readonly RemoteSecretRun _secrets = new(connections, options, time);
    private readonly MirrorRun _mirrors = new(connections, options);
    private readonly EndpointFilterRun _endpoints = new(connections, options);

    /// <summary>Adds to the other capabilities' plan.</summary>
    public async Task<Plan> AddAsync(Plan plan, MeshDocument mesh, bool isDryRun, RunState state, CancellationToken cancellationToken)
    {
        var secrets = await _secrets.PlanAsync(mesh, isDryRun, state, cancellationToken).ConfigureAwait(false);
        var seen = await _networks.ObserveAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        var networks = NetworkPlanner.Plan(mesh, seen with { KeptOut = secrets.KeptOut });
        var mirrors = await _mirrors.PlanAsync(mesh, secrets.KeptOut, state, cancellationToken).ConfigureAwait(false);
        var endpoints = await _endpoints.PlanAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        return secrets.HoldNamespaces(plan.With(networks).With(secrets.Plan).With(mirrors).With(endpoints).WithoutRepeats());
    }
}
