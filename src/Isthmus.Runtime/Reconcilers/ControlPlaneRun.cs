using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What clusters under one control plane need beside all others (modes 2 and 3). Observe and plan once.</summary>
internal sealed class ControlPlaneRun(ClusterConnections connections, ReconcilerOptions options, TimeProvider time)
{
    private readonly RemoteSecretRun _secrets = new(connections, options, time);

    /// <summary>Adds to the other capabilities' plan.</summary>
    public async Task<Plan> AddAsync(Plan plan, MeshDocument mesh, bool isDryRun, RunState state, CancellationToken cancellationToken)
    {
        var secrets = await _secrets.PlanAsync(mesh, new Dictionary<ClusterName, string>(), isDryRun, state, cancellationToken).ConfigureAwait(false);
        return secrets.HoldNamespaces(plan.With(secrets.Plan).WithoutRepeats());
    }
}
