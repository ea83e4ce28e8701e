using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging;
using Isthmus.Core.Json;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Cli.Hosting;

/// <summary>What Event Grid posts: one event or an array of them, in the CloudEvents or the Event Grid schema.</summary>
internal static class EventBody
{
    /// <summary>The events, or null where the body is too long or no JSON object or array.</summary>
    public static async Task<JsonArray?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > maxBytes)
                return null;
            buffer.Write(chunk, 0, read);
        }

        if (!StrictJson.TryParse(buffer.ToArray(), out var json, out _))
            return null;
        return json switch
        {
            JsonArray events => events,
            JsonObject single => [single],
            _ => null,
        };
    }

    /// <summary>The event as CloudEvents says it; one of the Event Grid schema is mapped as Event Grid itself maps it.</summary>
    public static CloudEvent? ToCloudEvent(JsonNode? item) => item switch
    {
        JsonObject cloud when cloud.ContainsKey("specversion") => Parse(cloud),
        JsonObject grid when Text(grid, "eventType") is { } type && Text(grid, "id") is { } id => new CloudEvent(
            Text(grid, "topic") ?? "/", type, BinaryData.FromString(grid["data"]?.ToJsonString() ?? "null"), "application/json", CloudEventDataFormat.Json)
        {
            Id = id,
            Subject = Text(grid, "subject"),
            Time = DateTimeOffset.TryParse(Text(grid, "eventTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        },
        _ => null,
    };

    private static CloudEvent? Parse(JsonObject cloud)
    {
        try
        {
            return CloudEvent.Parse(BinaryData.FromString(cloud.ToJsonString()));
        }
        // What CloudEvent.Parse throws for a missing attribute, a foreign specversion or a value of a wrong type.
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject item, string field) =>
        item[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
