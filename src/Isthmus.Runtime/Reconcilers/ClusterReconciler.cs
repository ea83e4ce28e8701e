using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>
/// Brings one cluster in order that joined, changed or leaves: namespace, webhooks, trust, and every name, since all may concern it.
/// Where there is somebody to take events the names follow by one event each; a cluster that leaves is cleaned whole.
/// </summary>
public sealed class ClusterReconciler(IMeshDocumentSource documents, MeshRun run, ReconcilerOptions options, NameFanOut? names = null)
{
    /// <summary>A cluster that the document does not list is left alone: absence is never a reason to delete.</summary>
    public async Task<RunReport> RunAsync(ClusterName name, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return mesh.Find(name) is { } cluster ? await RunAsync(mesh, cluster, cancellationToken).ConfigureAwait(false) : RunReport.Empty;
    }

    /// <summary>
    /// Looks at a resource of Azure, which something happened to: a cluster may have joined, changed or gone by that. Throws where Azure
    /// does not say how it is, so that the event comes again.
    /// </summary>
    public async Task<RunReport> RunAsync(string resourceId, CancellationToken cancellationToken)
    {
        var mesh = await documents.LookAtAsync(resourceId, cancellationToken).ConfigureAwait(false);
        var report = RunReport.Empty;
        foreach (var cluster in mesh.Clusters.Where(IsMeant))
            report = report.With(await RunAsync(mesh, cluster, cancellationToken).ConfigureAwait(false));
        foreach (var cluster in mesh.Gone.Where(IsMeant))
            report = report.With(await WithdrawAsync(mesh, cluster.Name, cancellationToken).ConfigureAwait(false));
        return report;

        bool IsMeant(MeshCluster cluster) => cluster.Access is ClusterAccess.Aks aks && ArmIds.AreEqual(aks.ResourceId, resourceId);
    }

    /// <summary>What a cluster offered that is gone, and what others keep for its sake.</summary>
    private async Task<RunReport> WithdrawAsync(MeshDocument mesh, ClusterName gone, CancellationToken cancellationToken)
    {
        if (names is null)
            return await run.RunAsync(mesh, [], options.EventBudget, isDryRun: false, cancellationToken).ConfigureAwait(false);
        var report = await run.RunSetupAsync(mesh, [], options.EventBudget, cancellationToken).ConfigureAwait(false);
        await names.PublishAsync(mesh, gone, new RunState(), cancellationToken).ConfigureAwait(false);
        return report;
    }

    private async Task<RunReport> RunAsync(MeshDocument mesh, MeshCluster cluster, CancellationToken cancellationToken)
    {
        if (names is null || cluster.Leaving)
            return await run.RunAsync(mesh, [cluster], options.EventBudget, isDryRun: false, cancellationToken).ConfigureAwait(false);
        var report = await run.RunSetupAsync(mesh, [cluster], options.EventBudget, cancellationToken).ConfigureAwait(false);
        // Also where something failed: the names of the clusters that answer do not wait for the one that does not.
        await names.PublishAsync(mesh, cluster.Name, new RunState(), cancellationToken).ConfigureAwait(false);
        return report;
    }
}
