using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Brings everything in order everywhere: repairs whatever an event missed.</summary>
public sealed class ResyncReconciler(IMeshDocumentSource documents, MeshRun run, ReconcilerOptions options)
{
    public Task<RunReport> RunAsync(CancellationToken cancellationToken) => RunAsync(isDryRun: false, cancellationToken);

    /// <summary>What a run would do now; nothing is written.</summary>
    public Task<RunReport> PlanAsync(CancellationToken cancellationToken) => RunAsync(isDryRun: true, cancellationToken);

    private async Task<RunReport> RunAsync(bool isDryRun, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await run.RunAsync(mesh, mesh.Clusters, options.ResyncBudget, isDryRun, cancellationToken).ConfigureAwait(false);
    }
}
