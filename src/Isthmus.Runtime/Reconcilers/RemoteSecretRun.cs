using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The Secrets by which each istiod reads the clusters that it serves. Observe and plan once; tokens are asked for in between.</summary>
internal sealed class RemoteSecretRun(ClusterConnections connections, ReconcilerOptions options, TimeProvider time)
{
    private readonly RemoteSecretObserver _observer = new(connections, time);
    private readonly RangeObserver _ranges = new(connections);
    private readonly ReaderTokens _tokens = new(time);

    /// <param name="mesh">The document to go by.</param>
    /// <param name="isDryRun">Whether no token is to be asked for.</param>
    /// <param name="state">What the run has met so far.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    public async Task<RemoteSecretPlan> PlanAsync(MeshDocument mesh, bool isDryRun, RunState state, CancellationToken cancellationToken)
    {
        // Who is read already decides who would join whom; and what is written is read before what it is derived from.
        var seen = await _observer.ObserveAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        var found = await _ranges.ObserveAsync(mesh, state, cancellationToken).ConfigureAwait(false);
        var ranges = RangePreflight.Check(mesh, found, RemoteSecretPlanner.Read(mesh, seen));
        seen = seen with { Refusals = ranges.Refusals, IsDryRun = isDryRun };
        var planned = RemoteSecretPlanner.Plan(mesh, seen);
        var needed = planned.NeedToken.Select(name => mesh.Find(name)).OfType<MeshCluster>()
            .Where(cluster => !state.IsRefused(RemoteSecret.Id(cluster.ControlPlane, cluster.Name))).ToList();
        if (needed.Count > 0)
        {
            var tokens = new Dictionary<ClusterName, ReaderToken>();
            foreach (var cluster in needed)
            {
                if (isDryRun)
                    tokens[cluster.Name] = ReaderToken.Planned;
                else if (await RequestAsync(mesh, cluster, seen.Readers[cluster.Name], state, cancellationToken).ConfigureAwait(false) is { } token)
                    tokens[cluster.Name] = token;
            }

            planned = RemoteSecretPlanner.Plan(mesh, With(seen, tokens));
        }

        planned = planned with { Plan = planned.Plan.With(ranges.Findings) };
        return options.AllowDeletes ? planned : planned with { Plan = DeletionGuard.Apply(planned.Plan, name => mesh.Find(name) is { Leaving: true }) };
    }

    private async Task<ReaderToken?> RequestAsync(MeshDocument mesh, MeshCluster cluster, ReaderSnapshot reader, RunState state, CancellationToken cancellationToken)
    {
        if (RemoteSecretPlanner.AccountOf(mesh, cluster, reader) is not { } account)
            return null;
        try
        {
            return await _tokens.RequestAsync(connections.Get(cluster), account, cancellationToken).ConfigureAwait(false);
        }
        catch (TokenRefusedException refusal)
        {
            // The Secret stays as it is: an old token that still holds is better than a new one that does not.
            state.Refuse(RemoteSecret.Id(cluster.ControlPlane, cluster.Name), refusal.Message);
        }
        catch (ClusterUnreachableException silence)
        {
            state.Fail(cluster.Name, silence.Message);
        }

        return null;
    }

    private static RemoteSecretSnapshot With(RemoteSecretSnapshot seen, Dictionary<ClusterName, ReaderToken> tokens) => seen with
    {
        Readers = seen.Readers.ToDictionary(entry => entry.Key, entry => tokens.TryGetValue(entry.Key, out var token) ? entry.Value with { NewToken = token } : entry.Value),
    };
}
