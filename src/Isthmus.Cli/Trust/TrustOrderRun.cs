using Isthmus.Cli.Mesh;
using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Isthmus.Runtime.Reconcilers;

namespace Isthmus.Cli.Trust;

/// <summary>Gives orders to the trust's reconciler, and tells why where one cannot be. Null means refused.</summary>
internal sealed class TrustOrderRun(TrustReconciler reconciler, TextWriter error)
{
    public Task<RunReport?> RotateAsync(IReadOnlyList<ClusterName> without, CancellationToken cancellationToken) =>
        OrderAsync((mesh, trust, seen) => TrustOrders.Rotate(mesh, trust, seen, without), cancellationToken);

    public Task<RunReport?> AbortAsync(CancellationToken cancellationToken) => OrderAsync(TrustOrders.Abort, cancellationToken);

    public async Task<RunReport?> StateAsync(TrustClaim claim, CancellationToken cancellationToken)
    {
        // What istiod has loaded is written down first: the statement is about what came after that.
        await reconciler.RunAsync(cancellationToken);
        return await OrderAsync((mesh, trust, seen) => TrustOrders.State(mesh, trust, seen, claim), cancellationToken);
    }

    public async Task<RunReport?> RefuseAsync(string reason)
    {
        await error.WriteLineAsync(RunText.Plain(reason));
        return null;
    }

    private async Task<RunReport?> OrderAsync(Func<MeshDocument, TrustSettings, MeshTrustSnapshot, TrustOrderResult> make, CancellationToken cancellationToken)
    {
        var (order, refusal) = await reconciler.PrepareAsync(make, cancellationToken);
        return refusal is null ? await reconciler.RunAsync(order, cancellationToken) : await RefuseAsync(refusal);
    }
}
