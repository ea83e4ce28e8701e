using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Reconcilers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>What is in place: every object of ours that is as it should be, what was left alone and why, and clusters out of reach.</summary>
public sealed class MeshStatus(ResyncReconciler reconciler, TrustReconciler trust, InjectionSettingsCache injection)
{
    [Function(nameof(MeshStatus))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "status")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = await reconciler.PlanAsync(cancellationToken);
        var inPlace = report.ToJson(entry => entry.Outcome is RunOutcome.Unchanged or RunOutcome.Skipped);
        inPlace["trust"] = (await trust.StatusAsync(cancellationToken)).Status?.ToJson();
        inPlace["injection"] = InjectionStatusJson.Write(injection.Status());
        return Results.Text(inPlace.ToJsonString(), "application/json");
    }
}
