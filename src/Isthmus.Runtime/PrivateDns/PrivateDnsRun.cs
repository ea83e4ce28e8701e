using System.Collections.Concurrent;
using Isthmus.Core.Dns;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Runtime.PrivateDns;

/// <summary>Azure Private DNS within a run: its silence or refusal is reported as a place's of its own, and delays no cluster.</summary>
internal static class PrivateDnsRun
{
    // What records stand in comes before them, and goes after them.
    private static readonly Func<PlannedAction, bool>[] Stages =
    [
        action => action is not PlannedAction.Delete && action.Id.Kind == PrivateDnsNames.Zone,
        action => action is not PlannedAction.Delete && action.Id.Kind == PrivateDnsNames.Link,
        action => action.Id.Kind == PrivateDnsNames.Record,
        action => action is PlannedAction.Delete && action.Id.Kind == PrivateDnsNames.Link,
        action => action is PlannedAction.Delete && action.Id.Kind == PrivateDnsNames.Zone,
    ];

    /// <summary>Whether a step belongs here and not to a cluster.</summary>
    public static bool IsOurs(PlannedAction action) => action.Id.Cluster == PrivateDnsNames.Place;

    /// <param name="arm">Null where this run has no access to ARM.</param>
    /// <param name="mesh">The document.</param>
    /// <param name="names">The names to look at; empty: all.</param>
    /// <param name="state">Takes failures.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static Task<PrivateDnsSnapshot?> ObserveAsync(
        ArmClient? arm, MeshDocument mesh, IReadOnlyList<ServiceName> names, RunState state, CancellationToken cancellationToken) =>
        mesh.PrivateDns is not { } settings
            ? Task.FromResult<PrivateDnsSnapshot?>(null)
            : TryAsync(state, mesh, () =>
            {
                var zones = new PrivateDnsZones(arm ?? throw new ArmUnreachableException("this host has no access to Azure: run it under an Azure identity"), settings, mesh);
                return names.Count == 0 ? zones.ReadAllAsync(cancellationToken) : zones.ReadAsync(names, cancellationToken);
            });

    public static Task ApplyAsync(ArmClient? arm, MeshDocument mesh, Plan plan, RunState state, CancellationToken cancellationToken)
    {
        var steps = plan.Actions.Where(action => IsOurs(action) && action.IsWrite).ToList();
        return steps.Count == 0 || arm is null || mesh.PrivateDns is not { } settings
            ? Task.CompletedTask
            : TryAsync(state, mesh, async () =>
            {
                var zones = new PrivateDnsZones(arm, settings, mesh);
                // What stands in a zone, or goes before it, waits for the next round where something went wrong in it.
                var troubled = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
                foreach (var stage in Stages)
                {
                    var ready = steps.Where(step => stage(step) && !troubled.ContainsKey(step.Id.Namespace ?? step.Id.Name));
                    await Parallel.ForEachAsync(
                        ready,
                        new ParallelOptions { MaxDegreeOfParallelism = PrivateDnsZones.AtOnce, CancellationToken = cancellationToken },
                        async (step, token) =>
                        {
                            if (state.Stop.IsCancellationRequested)
                                return;
                            if (!await WriteAsync(arm, zones, step, state, token).ConfigureAwait(false) && step.Id.Kind != PrivateDnsNames.Record)
                                troubled[step.Id.Namespace ?? step.Id.Name] = true;
                        }).ConfigureAwait(false);
                }

                return zones;
            });
    }

    /// <summary>False where it was not written: somebody else wrote in between, or ARM refused it.</summary>
    private static async Task<bool> WriteAsync(ArmClient arm, PrivateDnsZones zones, PlannedAction step, RunState state, CancellationToken cancellationToken)
    {
        var path = zones.Path(step.Id);
        try
        {
            switch (step)
            {
                case PlannedAction.Create create:
                    await arm.PutAsync(path, PrivateDnsZones.ApiVersion, PrivateDnsJson.Resource(step.Id, create.Content), null, cancellationToken).ConfigureAwait(false);
                    state.Wrote(step.Id, RunOutcome.Created);
                    break;
                case PlannedAction.Replace replace:
                    await arm.PutAsync(path, PrivateDnsZones.ApiVersion, PrivateDnsJson.Resource(step.Id, replace.Content), PrivateDnsJson.ETag(replace.Live), cancellationToken).ConfigureAwait(false);
                    state.Wrote(step.Id, RunOutcome.Configured);
                    break;
                case PlannedAction.Delete delete:
                    await arm.DeleteAsync(path, PrivateDnsZones.ApiVersion, PrivateDnsJson.ETag(delete.Live), cancellationToken).ConfigureAwait(false);
                    state.Wrote(step.Id, RunOutcome.Deleted);
                    break;
                default:
                    break;
            }

            return true;
        }
        catch (ArmException conflict) when (conflict.IsConflict)
        {
            return false;
        }
        catch (ArmException refusal) when (!refusal.ConcernsAll)
        {
            state.Refuse(step.Id, refusal.Message);
            return false;
        }
    }

    private static async Task<T?> TryAsync<T>(RunState state, MeshDocument mesh, Func<Task<T>> work)
        where T : class
    {
        if (!state.IsServed(PrivateDnsNames.Place))
            return null;
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ArmException or ArmUnreachableException)
        {
            state.Fail(PrivateDnsNames.Place, $"private DNS in {mesh.PrivateDns?.ResourceGroup}: {Reason(failure)}");
            return null;
        }
    }

    private static string Reason(Exception failure) => failure switch
    {
        ArmException { Status: 401 or 403 } => $"{failure.Message} (the identity needs the role Private DNS Zone Contributor there, and Network Contributor on the linked virtual networks)",
        ArmException { Status: 429 } => $"{failure.Message} (Azure limits requests for the whole subscription: a later run goes on)",
        _ => failure.Message,
    };
}
