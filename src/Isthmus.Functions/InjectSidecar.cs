using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>The mutating webhook on Pods: answers with the sidecar that the cluster's own Istio would inject.</summary>
public sealed class InjectSidecar(WebhookGuard guard, PodInjection injection)
{
    [Function(nameof(InjectSidecar))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "clusters/{cluster}/{token}/inject/{*path}")] HttpRequest request,
        string cluster, string token, string? path, CancellationToken cancellationToken)
    {
        if (await guard.AdmitAsync(cluster, WebhookPurpose.Inject, token, cancellationToken) is not { } admitted)
            return Results.Unauthorized();
        var body = await AdmissionReviewReader.ReadAsync(request.Body, request.ContentType, cancellationToken);
        if (body is not ReviewBody.Accepted accepted)
            return body is ReviewBody.Refused refused ? Results.Text(refused.Reason, statusCode: refused.Status) : Results.BadRequest();
        return await injection.AnswerAsync(admitted, path, request.Query["timeout"], accepted.Review, cancellationToken) switch
        {
            ReviewAnswer.Answered answered => Results.Text(answered.Review.ToJsonString(), "application/json"),
            ReviewAnswer.Failed failed => Results.Text(failed.Reason, statusCode: StatusCodes.Status500InternalServerError),
            _ => Results.StatusCode(StatusCodes.Status500InternalServerError),
        };
    }
}
