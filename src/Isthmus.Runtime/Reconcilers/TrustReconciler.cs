using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>How the mesh's trust stands, and what the look itself failed at.</summary>
public sealed record TrustLook(TrustStatus? Status, RunReport Report);

/// <summary>Brings the mesh's intermediate CA from the vault into every cluster with an istiod, and rotates its root.</summary>
public sealed class TrustReconciler(
    IMeshDocumentSource documents, ClusterConnections connections, ICertificateSource certificates, ReconcilerOptions options, TimeProvider time)
{
    private readonly TrustRun _trust = new(connections, certificates, time);
    private readonly TrustNoticeRun _notices = new(connections, time);

    public Task<RunReport> RunAsync(CancellationToken cancellationToken) => RunAsync(null, cancellationToken);

    /// <summary>Carries out what a user ordered, and whatever else is next. Null: goes on with what is under way.</summary>
    public async Task<RunReport> RunAsync(TrustOrder? order, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = new RunState();
        return await new ReconcileLoop(connections, time).RunAsync(
            mesh,
            state,
            options.EventBudget,
            isDryRun: false,
            async token =>
            {
                var trust = await _trust.PlanAsync(mesh, mesh.Clusters, state, token, order).ConfigureAwait(false);
                return trust.With(await _notices.PlanAsync(mesh, mesh.Clusters, state, token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks, and writes nothing. The status is null where the document sets up no trust.</summary>
    public async Task<TrustLook> StatusAsync(CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = new RunState();
        var status = mesh.Trust is { } trust
            ? TrustStatusReader.Read(mesh, trust, await _trust.ObserveAsync(mesh, trust, state, cancellationToken).ConfigureAwait(false))
            : null;
        return new TrustLook(status, state.Report(Plan.Empty, isDryRun: true));
    }

    /// <summary>Makes an order out of what is seen now. Nothing is written.</summary>
    public async Task<TrustOrderResult> PrepareAsync(
        Func<MeshDocument, TrustSettings, MeshTrustSnapshot, TrustOrderResult> make, CancellationToken cancellationToken)
    {
        var mesh = await documents.ReadAsync(cancellationToken).ConfigureAwait(false);
        return mesh.Trust is { } trust
            ? make(mesh, trust, await _trust.ObserveAsync(mesh, trust, new RunState(), cancellationToken).ConfigureAwait(false))
            : TrustOrderResult.Refused("The mesh document sets up no trust: spec.trust is missing.");
    }
}
