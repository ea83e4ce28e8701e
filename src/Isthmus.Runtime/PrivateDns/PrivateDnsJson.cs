using System.Text.Json.Nodes;
using Isthmus.Core.Dns;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Runtime.PrivateDns;

/// <summary>From ARM's resources to the objects of plans and back. What is ours stands in a tag of zones and links and in the metadata of record sets.</summary>
internal static class PrivateDnsJson
{
    private const string MeshTag = "isthmus-mesh";

    public static JsonObject Zone(JsonObject resource) => Read(PrivateDnsNames.ZoneId(Name(resource)), resource, resource["tags"] as JsonObject, null);

    public static JsonObject Link(string zone, JsonObject resource)
    {
        var properties = Properties(resource);
        return Read(PrivateDnsNames.LinkId(zone, Name(resource)), resource, resource["tags"] as JsonObject, new JsonObject
        {
            ["virtualNetwork"] = properties["virtualNetwork"]?["id"]?.DeepClone(),
            ["registrationEnabled"] = properties["registrationEnabled"]?.DeepClone(),
        });
    }

    public static JsonObject Record(string zone, JsonObject resource)
    {
        var properties = Properties(resource);
        return Read(PrivateDnsNames.RecordId(zone, Name(resource)), resource, properties["metadata"] as JsonObject, new JsonObject
        {
            ["ttl"] = properties["ttl"]?.DeepClone(),
            ["addresses"] = new JsonArray([.. (properties["aRecords"] as JsonArray ?? []).Select(record => record?["ipv4Address"]?.DeepClone())]),
        });
    }

    public static string Name(JsonObject resource) => ObjectMetadata.TextOf(resource["name"]) ?? "";

    /// <summary>A record set's type without what it belongs to: A, CNAME, SOA.</summary>
    public static string Type(JsonObject resource)
    {
        var type = ObjectMetadata.TextOf(resource["type"]) ?? "";
        return type[(type.LastIndexOf('/') + 1)..];
    }

    /// <summary>The state that an object of a plan was observed in.</summary>
    public static string? ETag(JsonObject live) => live.ResourceVersion();

    public static int Count(JsonObject zone) =>
        Properties(zone)["numberOfRecordSets"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : 0;

    /// <summary>The resource that an object of a plan is to become.</summary>
    public static JsonObject Resource(ObjectId id, JsonObject content)
    {
        var spec = content["spec"] as JsonObject ?? [];
        var marks = (content["status"] as JsonObject)?["marks"]?.DeepClone() as JsonObject ?? [];
        marks[MeshTag] = content.Label(Ownership.MeshLabel);
        if (id.Kind == PrivateDnsNames.Record)
        {
            var addresses = (spec["addresses"] as JsonArray ?? []).Select(address => (JsonNode)new JsonObject { ["ipv4Address"] = address?.DeepClone() });
            return new JsonObject
            {
                ["properties"] = new JsonObject { ["ttl"] = spec["ttl"]?.DeepClone(), ["aRecords"] = new JsonArray([.. addresses]), ["metadata"] = marks },
            };
        }

        // Zones and links belong to no region.
        var resource = new JsonObject { ["location"] = "global", ["tags"] = marks };
        if (id.Kind == PrivateDnsNames.Link)
        {
            resource["properties"] = new JsonObject
            {
                ["virtualNetwork"] = new JsonObject { ["id"] = spec["virtualNetwork"]?.DeepClone() },
                ["registrationEnabled"] = spec["registrationEnabled"]?.DeepClone(),
            };
        }

        return resource;
    }

    private static JsonObject Read(ObjectId id, JsonObject resource, JsonObject? marks, JsonObject? spec)
    {
        var metadata = new JsonObject { ["name"] = id.Name, ["resourceVersion"] = ObjectMetadata.TextOf(resource["etag"]) };
        if (id.Namespace is not null)
            metadata["namespace"] = id.Namespace;
        if (ObjectMetadata.TextOf(marks?[MeshTag]) is { } mesh)
            metadata["labels"] = new JsonObject { [Ownership.ManagedByLabel] = Ownership.ManagedByValue, [Ownership.MeshLabel] = mesh };
        var result = new JsonObject { ["apiVersion"] = id.Kind.ApiVersion, ["kind"] = id.Kind.Kind, ["metadata"] = metadata };
        if (spec is not null)
            result["spec"] = spec;
        if (marks is { Count: > 0 })
            result["status"] = new JsonObject { ["marks"] = marks.DeepClone() };
        return result;
    }

    private static JsonObject Properties(JsonObject resource) => resource["properties"] as JsonObject ?? [];
}
