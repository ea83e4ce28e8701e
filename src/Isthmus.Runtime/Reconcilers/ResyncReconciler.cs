using Isthmus.Core.Mesh;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Brings everything in order everywhere: repairs whatever an event missed.</summary>
public sealed class ResyncReconciler(IMeshDocumentSource documents, MeshRun run, ReconcilerOptions options)
{
    public Task<RunReport> RunAsync(CancellationToken cancellationToken) => RunAsync(isDryRun: false, null, cancellationToken);

    /// <summary>The same under somebody's eyes, who may end it between two writes.</summary>
    public Task<RunReport> RunAsync(RunControl control, CancellationToken cancellationToken) => RunAsync(isDryRun: false, control, cancellationToken);

    /// <summary>What a run would do now; nothing is written.</summary>
    public Task<RunReport> PlanAsync(CancellationToken cancellationToken) => RunAsync(isDryRun: true, null, cancellationToken);

    private async Task<RunReport> RunAsync(bool isDryRun, RunControl? control, CancellationToken cancellationToken)
    {
        var mesh = await documents.LookAsync(isDryRun, cancellationToken).ConfigureAwait(false);
        var report = await run.RunAsync(mesh, mesh.Clusters, options.ResyncBudget, isDryRun, cancellationToken, control).ConfigureAwait(false);
        report = report with
        {
            Failures = report.Failures.AddRange(Rejections(mesh)),
            Warnings = report.Warnings.AddRange(mesh.Notices.Select(notice => new RunFailure(null, notice))),
        };
        return report.Within(options.Scope);
    }

    /// <summary>Where a newer document has errors the last good one is applied, and the run says so until somebody mends it.</summary>
    private static IEnumerable<RunFailure> Rejections(MeshDocument mesh) =>
        mesh.Rejected.Select(error => new RunFailure(null, $"the newest mesh document is not used, generation {mesh.Generation} is: {error}"));
}
