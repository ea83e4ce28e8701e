using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.EventGrid;

/// <summary>
/// A custom topic's endpoint with CloudEvents as input schema: POST /api/events with the header aeg-sas-key, one event or a batch.
/// </summary>
internal sealed class TopicEndpoint
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxEvents = 5000;

    public string Key { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether the endpoint is out of order.</summary>
    public bool IsDown { get; set; }

    public Action<IEnumerable<JsonObject>> Published { get; set; } = _ => { };

    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsDown)
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", "The topic is out of order.");
        else if (!HttpMethods.IsPost(request.Method) || !request.Path.Equals("/api/events", StringComparison.OrdinalIgnoreCase))
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", "There is one topic here: POST /api/events.");
        else if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers["aeg-sas-key"].ToString()), Encoding.UTF8.GetBytes(Key)))
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", "The request authorization key is not authorized for this topic.");
        else if (request.ContentLength is > MaxBytes)
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "PayloadTooLarge", "At most 1 MB a request.");
        else if (await ReadAsync(request, context.RequestAborted) is not { } events)
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "BadRequest", "The body is not a CloudEvent 1.0 or an array of them.");
        else if (events.Count > MaxEvents)
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "PayloadTooLarge", "At most 5000 events a request.");
        else
            Published(events);
    }

    private static async Task<IReadOnlyList<JsonObject>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = await JsonNode.ParseAsync(request.Body, cancellationToken: cancellationToken);
            var events = body switch
            {
                JsonArray array => array.OfType<JsonObject>().ToList(),
                JsonObject single => [single],
                _ => [],
            };
            var complete = body is not JsonArray all || all.Count == events.Count;
            return complete && events.Count > 0 && events.TrueForAll(IsCloudEvent) ? events : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsCloudEvent(JsonObject one) =>
        IsText(one, "id") && IsText(one, "source") && IsText(one, "type") && one["specversion"]?.ToString() == "1.0";

    private static bool IsText(JsonObject one, string attribute) =>
        one[attribute] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0;

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }, context.RequestAborted);
    }
}
