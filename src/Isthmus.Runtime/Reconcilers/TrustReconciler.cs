using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Brings the mesh's intermediate CA from the vault into every cluster with an istiod.</summary>
public sealed class TrustReconciler(IMeshDocumentSource documents, MeshRun run, ReconcilerOptions options)
{
    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await run.RunTrustAsync(mesh, options.EventBudget, cancellationToken).ConfigureAwait(false);
    }
}
