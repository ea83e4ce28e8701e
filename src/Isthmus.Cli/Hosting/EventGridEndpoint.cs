using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Hosting;

/// <summary>
/// <c>/runtime/webhooks/EventGrid?functionName=NAME</c>, as the Functions host serves it: both handshakes, both schemas,
/// batches. 200 says that every event's function has finished; anything else makes Event Grid deliver again.
/// </summary>
internal sealed class EventGridEndpoint(FunctionInvoker invoker, FunctionKeys keys, ILogger<EventGridEndpoint> logger)
{
    private const string Path = "/runtime/webhooks/EventGrid";

    /// <summary>Event Grid's own limit of a delivery is 1 MB.</summary>
    private const int MaxBodyBytes = 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes, IEnumerable<FunctionDescriptor> functions)
    {
        var byName = functions.Where(function => function.Trigger is FunctionTrigger.EventGrid)
            .ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);
        routes.MapMethods(Path, [HttpMethods.Options, HttpMethods.Post], context => AnswerAsync(byName, context));
    }

    private async Task AnswerAsync(Dictionary<string, FunctionDescriptor> functions, HttpContext context)
    {
        var request = context.Request;
        if (!keys.AdmitsEvents(request))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (!functions.TryGetValue(request.Query["functionName"].ToString(), out var function))
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (HttpMethods.IsOptions(request.Method))
            AgreeToCloudEvents(context);
        else
            await ReceiveAsync(function, context);
    }

    /// <summary>The CloudEvents handshake (HTTP 1.1 Web Hooks for Event Delivery): the receiver names the origin that may send.</summary>
    private static void AgreeToCloudEvents(HttpContext context)
    {
        var origin = context.Request.Headers["WebHook-Request-Origin"].ToString();
        if (origin.Length == 0)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        context.Response.Headers["WebHook-Allowed-Origin"] = origin;
        context.Response.Headers["WebHook-Allowed-Rate"] = "*";
    }

    private async Task ReceiveAsync(FunctionDescriptor function, HttpContext context)
    {
        if (await EventBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted) is not { } body)
        {
            await RefuseAsync(context, "the body is not a JSON event or array of events of at most 1 MB");
            return;
        }

        switch (context.Request.Headers["aeg-event-type"].ToString())
        {
            case "SubscriptionValidation":
                await EchoValidationAsync(body, context);
                break;
            case "Unsubscribe":
                break;
            case "" or "Notification":
                await DeliverAsync(function, body, context);
                break;
            default:
                await RefuseAsync(context, "unknown aeg-event-type");
                break;
        }
    }

    /// <summary>The Event Grid schema's handshake: the code comes back as validationResponse.</summary>
    private static async Task EchoValidationAsync(JsonArray body, HttpContext context)
    {
        var code = body.Count == 1 && body[0] is JsonObject first && first["data"] is JsonObject data
            ? data["validationCode"] as JsonValue
            : null;
        if (code is null)
            await RefuseAsync(context, "the validation event has no validationCode");
        else
            await context.Response.WriteAsJsonAsync(new JsonObject { ["validationResponse"] = code.ToString() }, context.RequestAborted);
    }

    private async Task DeliverAsync(FunctionDescriptor function, JsonArray body, HttpContext context)
    {
        var events = new List<CloudEvent>();
        foreach (var item in body)
        {
            if (EventBody.ToCloudEvent(item) is not { } cloudEvent)
            {
                await RefuseAsync(context, "an event has neither the CloudEvents nor the Event Grid schema");
                return;
            }

            events.Add(cloudEvent);
        }

        var succeeded = await Task.WhenAll(events.Select(cloudEvent => RunAsync(function, cloudEvent, context.RequestAborted)));
        context.Response.StatusCode = succeeded.All(one => one) ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
    }

    private async Task<bool> RunAsync(FunctionDescriptor function, CloudEvent cloudEvent, CancellationToken cancellationToken)
    {
        try
        {
            await invoker.InvokeAsync(function, cloudEvent, null, cancellationToken);
            return true;
        }
        // The trigger's one catch-all: a failed event is not acknowledged, so Event Grid brings it again.
        catch (Exception e)
        {
            logger.LogWarning("{Function} did not finish event {Type} of {Subject}: {Reason}", function.Name, cloudEvent.Type, cloudEvent.Subject, e.Message);
            return false;
        }
    }

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = reason }, context.RequestAborted);
    }
}
