using Isthmus.Core.Webhooks;
using Isthmus.Runtime.Endpoints;
using Isthmus.Runtime.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Functions;

/// <summary>Envoy's REST discovery of endpoints (v3): the endpoints of the asking proxy, split horizon applied.</summary>
public sealed class DiscoverEndpoints(WebhookGuard guard, EndpointDiscovery discovery)
{
    [Function(nameof(DiscoverEndpoints))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "clusters/{cluster}/{token}/v3/discovery:endpoints")] HttpRequest request,
        string cluster, string token, CancellationToken cancellationToken)
    {
        if (await guard.AdmitAsync(cluster, WebhookPurpose.Endpoints, token, cancellationToken) is not { } admitted)
            return Results.Unauthorized();
        var body = await AdmissionReviewReader.ReadAsync(request.Body, request.ContentType, cancellationToken, AdmissionReviewReader.MaxDiscoveryBytes);
        if (body is not ReviewBody.Accepted accepted)
            return body is ReviewBody.Refused refused ? Results.Text(refused.Reason, statusCode: refused.Status) : Results.BadRequest();
        return await discovery.AnswerAsync(admitted, accepted.Review, cancellationToken) switch
        {
            DiscoveryAnswer.Fresh fresh => Results.Bytes(fresh.Json, "application/json"),
            DiscoveryAnswer.Unchanged => Results.StatusCode(StatusCodes.Status304NotModified),
            DiscoveryAnswer.Refused bad => Results.Text(bad.Reason, statusCode: StatusCodes.Status400BadRequest),
            DiscoveryAnswer.NotReady wait => Results.Text(wait.Reason, statusCode: StatusCodes.Status503ServiceUnavailable),
            _ => Results.StatusCode(StatusCodes.Status500InternalServerError),
        };
    }
}
