using System.Text.Json.Nodes;
using Azure.Messaging;
using Isthmus.Core.Events;
using Isthmus.Core.Json;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Our events out of what Event Grid delivers.</summary>
public static class MeshEvents
{
    /// <summary>Null where it is none of ours.</summary>
    public static MeshEvent? Read(CloudEvent cloudEvent)
    {
        JsonNode? body = null;
        return cloudEvent.Data is { } data && !StrictJson.TryParse(data.ToMemory().Span, out body, out _) ? null : MeshEvent.Parse(cloudEvent.Type, body);
    }
}
