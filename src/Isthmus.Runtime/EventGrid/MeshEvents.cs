using System.Text.Json.Nodes;
using Azure.Messaging;
using Isthmus.Core.Events;
using Isthmus.Core.Json;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Our events out of what Event Grid delivers.</summary>
public static class MeshEvents
{
    /// <summary>Null where it is none of ours.</summary>
    public static MeshEvent? Read(CloudEvent cloudEvent) =>
        TryReadData(cloudEvent, out var body) ? MeshEvent.Parse(cloudEvent.Type, body) : null;

    /// <summary>The data of anybody's event; null where there is none that can be read.</summary>
    public static JsonNode? DataOf(CloudEvent cloudEvent) => TryReadData(cloudEvent, out var body) ? body : null;

    private static bool TryReadData(CloudEvent cloudEvent, out JsonNode? body)
    {
        body = null;
        return cloudEvent.Data is not { } data || StrictJson.TryParse(data.ToMemory().Span, out body, out _);
    }
}
