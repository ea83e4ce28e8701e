using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.EventGrid;

/// <summary>Events as they stand in a request, in the schema of the subscription.</summary>
internal static class EventBody
{
    public static HttpContent Write(EventSchema schema, IReadOnlyList<JsonObject> events)
    {
        var (body, type) = (schema, events) switch
        {
            (EventSchema.EventGrid, _) => (Array(events.Select(ToEventGrid)), "application/json"),
            (_, [var single]) => (single.ToJsonString(), "application/cloudevents+json"),
            _ => (Array(events), "application/cloudevents-batch+json"),
        };
        return new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type, "utf-8"));
    }

    /// <summary>As Event Grid says in its own schema what a topic took, or Azure raised, as a CloudEvent.</summary>
    public static JsonObject ToEventGrid(JsonObject cloud) => new()
    {
        ["id"] = cloud["id"]?.DeepClone(),
        ["topic"] = cloud["source"]?.DeepClone(),
        ["subject"] = cloud["subject"]?.DeepClone() ?? "",
        ["eventType"] = cloud["type"]?.DeepClone(),
        ["eventTime"] = cloud["time"]?.DeepClone(),
        ["data"] = cloud["data"]?.DeepClone(),
        ["dataVersion"] = "",
        ["metadataVersion"] = "1",
    };

    private static string Array(IEnumerable<JsonObject> events) => $"[{string.Join(',', events.Select(one => one.ToJsonString()))}]";
}
