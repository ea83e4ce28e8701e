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
        if (mesh.Find(name) is not { } cluster)
            return RunReport.Empty;
        if (names is null || cluster.Leaving)
            return await run.RunAsync(mesh, [cluster], options.EventBudget, isDryRun: false, cancellationToken).ConfigureAwait(false);
        var report = await run.RunSetupAsync(mesh, [cluster], options.EventBudget, cancellationToken).ConfigureAwait(false);
        // Also where something failed: the names of the clusters that answer do not wait for the one that does not.
        await names.PublishAsync(mesh, name, new RunState(), cancellationToken).ConfigureAwait(false);
        return report;
    }
}
