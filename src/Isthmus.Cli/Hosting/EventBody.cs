using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Cli.Hosting;

/// <summary>What Event Grid posts: one event or an array of them, in the CloudEvents or the Event Grid schema. A closed set.</summary>
internal abstract record EventBody
{
    private EventBody()
    {
    }

    /// <summary>The events, not yet looked into.</summary>
    internal sealed record Events(JsonArray Items) : EventBody;

    /// <summary>No events, and the status and reason to answer with.</summary>
    internal sealed record Refused(int Status, string Reason) : EventBody;

    public static async Task<EventBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > maxBytes)
                return new Refused(StatusCodes.Status413PayloadTooLarge, $"a delivery has at most {maxBytes} bytes");
            buffer.Write(chunk, 0, read);
        }

        if (!StrictJson.TryParse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), out var json, out var reason))
            return new Refused(StatusCodes.Status400BadRequest, $"the body is no JSON: {reason}");
        return json switch
        {
            JsonArray events => new Events(events),
            JsonObject single => new Events([single]),
            _ => new Refused(StatusCodes.Status400BadRequest, "the body is no event and no array of events"),
        };
    }
}
