using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Brings one cluster in order that joined, changed or leaves: namespace, webhooks, trust, and every name, since all may concern it.</summary>
public sealed class ClusterReconciler(IMeshDocumentSource documents, MeshRun run, ReconcilerOptions options)
{
    /// <summary>A cluster that the document does not list is left alone: absence is never a reason to delete.</summary>
    public async Task<RunReport> RunAsync(ClusterName name, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return mesh.Find(name) is { } cluster
            ? await run.RunAsync(mesh, [cluster], options.EventBudget, isDryRun: false, cancellationToken).ConfigureAwait(false)
            : RunReport.Empty;
    }
}
