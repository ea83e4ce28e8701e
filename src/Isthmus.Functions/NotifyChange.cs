using Isthmus.Core.Events;
using Isthmus.Core.Webhooks;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>The validating webhook on what decides exports: allows every write and tells the others of it.</summary>
public sealed class NotifyChange(WebhookGuard guard, ChangeNotifier notifier)
{
    [Function(nameof(NotifyChange))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "clusters/{cluster}/{token}/changes")] HttpRequest request,
        string cluster, string token, CancellationToken cancellationToken)
    {
        if (await guard.AdmitAsync(cluster, WebhookPurpose.Changes, token, cancellationToken) is not { } admitted)
            return Results.Unauthorized();
        var body = await AdmissionReviewReader.ReadAsync(request.Body, request.ContentType, cancellationToken);
        if (body is not ReviewBody.Accepted accepted)
            return body is ReviewBody.Refused refused ? Results.Text(refused.Reason, statusCode: refused.Status) : Results.BadRequest();
        return await notifier.NotifyAsync(admitted, accepted.Review, cancellationToken) is ChangeDecision.Malformed malformed
            ? Results.Text(malformed.Reason, statusCode: StatusCodes.Status400BadRequest)
            : Results.Text(ChangeNotifier.Allow(accepted.Review).ToJsonString(), "application/json");
    }
}
