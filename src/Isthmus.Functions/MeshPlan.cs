using Isthmus.Runtime.Reconcilers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>What a run would change, and what it would leave alone and why. Nothing is written.</summary>
public sealed class MeshPlan(ResyncReconciler reconciler)
{
    [Function(nameof(MeshPlan))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "plan")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = await reconciler.PlanAsync(cancellationToken);
        return Results.Text(report.ToPlanJson().ToJsonString(), "application/json");
    }
}
