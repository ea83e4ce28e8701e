using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Events;

/// <summary>An event as Event Grid delivers it, in the CloudEvents 1.0 or in the Event Grid schema, told in CloudEvents' words.</summary>
/// <param name="Source">The topic, in the Event Grid schema.</param>
/// <param name="Data">What the publisher says; null where it says nothing, or nothing that is JSON.</param>
public sealed record ReceivedEvent(string Id, string Type, string Source, string? Subject, DateTimeOffset? Time, JsonNode? Data)
{
    /// <summary>False with the reason where the text is an event of neither schema.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ReceivedEvent? received, [NotNullWhen(false)] out string? reason)
    {
        received = null;
        return StrictJson.TryParse(text, out var json, out reason) && TryParse(json, out received, out reason);
    }

    /// <summary>As above, of JSON that was read already.</summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out ReceivedEvent? received, [NotNullWhen(false)] out string? reason)
    {
        (received, reason) = json switch
        {
            not JsonObject => (null, "it is no JSON object"),
            JsonObject cloud when cloud.ContainsKey("specversion") => FromCloudEvent(cloud),
            JsonObject grid => FromEventGrid(grid),
        };
        return received is not null;
    }

    private static (ReceivedEvent?, string?) FromCloudEvent(JsonObject cloud)
    {
        if (Text(cloud, "specversion") != "1.0")
            return (null, "its specversion is not 1.0");
        return Text(cloud, "id") is { } id && Text(cloud, "type") is { } type && Text(cloud, "source") is { } source
            ? (new ReceivedEvent(id, type, source, Text(cloud, "subject"), TimeOf(cloud, "time"), cloud["data"] ?? Decoded(cloud)), null)
            : (null, "it lacks id, type or source, which CloudEvents 1.0 requires");
    }

    private static (ReceivedEvent?, string?) FromEventGrid(JsonObject grid) =>
        Text(grid, "id") is { } id && Text(grid, "eventType") is { } type
            ? (new ReceivedEvent(id, type, Text(grid, "topic") ?? "/", Text(grid, "subject"), TimeOf(grid, "eventTime"), grid["data"]), null)
            : (null, "it has neither specversion (CloudEvents) nor id and eventType (Event Grid)");

    /// <summary>The binary form of CloudEvents' data, which publishers of JSON seldom choose.</summary>
    private static JsonNode? Decoded(JsonObject cloud)
    {
        if (Text(cloud, "data_base64") is not { } encoded)
            return null;
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) && StrictJson.TryParse(bytes.AsSpan(0, length), out var data, out _) ? data : null;
    }

    private static DateTimeOffset? TimeOf(JsonObject item, string name) =>
        DateTimeOffset.TryParse(Text(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string? Text(JsonObject item, string name) => ObjectMetadata.TextOf(item[name]) is { Length: > 0 } text ? text : null;
}
