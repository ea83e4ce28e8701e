using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging;
using Isthmus.Core.Events;

namespace Isthmus.Runtime.EventGrid;

/// <summary>Our events out of what Event Grid delivers.</summary>
public static class MeshEvents
{
    /// <summary>Null where it is none of ours.</summary>
    public static MeshEvent? Read(CloudEvent cloudEvent)
    {
        try
        {
            return MeshEvent.Parse(cloudEvent.Type, cloudEvent.Data is { } data ? JsonNode.Parse(data.ToMemory().Span) : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
