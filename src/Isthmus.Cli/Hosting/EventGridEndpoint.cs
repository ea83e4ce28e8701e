using System.Text.Json.Nodes;
using Isthmus.Core.Events;
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
        var read = await EventBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted);
        if (read is EventBody.Refused refused)
        {
            await RefuseAsync(context, refused.Status, refused.Reason);
            return;
        }

        var body = read is EventBody.Events events ? events.Items : [];
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
                await RefuseAsync(context, StatusCodes.Status400BadRequest, "unknown aeg-event-type");
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
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "the validation event has no validationCode");
        else
            await context.Response.WriteAsJsonAsync(new JsonObject { ["validationResponse"] = code.ToString() }, context.RequestAborted);
    }

    private async Task DeliverAsync(FunctionDescriptor function, JsonArray body, HttpContext context)
    {
        var faults = new List<string>();
        var readable = new List<string>();
        foreach (var item in body)
        {
            if (ReceivedEvent.TryParse(item, out _, out var reason))
                readable.Add(item?.ToJsonString() ?? "");
            else
                faults.Add(reason);
        }

        // One that cannot be read takes no others with it: they are done first, and as long as one of those fails all come again.
        var succeeded = await Task.WhenAll(readable.Select(text => RunAsync(function, text, context.RequestAborted)));
        if (!succeeded.All(one => one))
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        else if (faults.Count > 0)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"an event cannot be read: {faults[0]}");
    }

    private async Task<bool> RunAsync(FunctionDescriptor function, string delivered, CancellationToken cancellationToken)
    {
        try
        {
            await invoker.InvokeAsync(function, delivered, null, cancellationToken);
            return true;
        }
        // The trigger's one catch-all: a failed event is not acknowledged, so Event Grid brings it again.
        catch (Exception e)
        {
            var about = ReceivedEvent.TryParse(delivered, out var received, out _) ? $"{received.Type} of {received.Subject}" : "that cannot be read";
            logger.LogWarning("{Function} did not finish event {Event}: {Reason}", function.Name, about, e.Message);
            return false;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = reason }, context.RequestAborted);
    }
}
