using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.ControlPlane;

/// <summary>
/// A Service without selector that stands for one of another cluster, so that its name resolves. It has no endpoints: istiod adds those of
/// the real one, since both have the same name.
/// </summary>
internal static class ServiceMirrors
{
    public const string Label = "isthmus.dev/mirror";
    public const string SourceAnnotation = "isthmus.dev/mirror-of";

    /// <summary>The fields of a port that clients and sidecars go by.</summary>
    private static readonly string[] PortFields = ["name", "port", "protocol", "appProtocol"];

    public static bool IsMirror(JsonObject service, string mesh) => service.Label(Label) is not null && Ownership.IsOurs(service, mesh);

    /// <summary>Whether another mesh keeps it as a mirror.</summary>
    public static bool IsMirrorOfAnother(JsonObject service, string mesh) => service.Label(Label) is not null && !Ownership.IsOurs(service, mesh)
        && service.Label(Ownership.ManagedByLabel) == Ownership.ManagedByValue;

    /// <summary>The ports of two Services, where one has a port that the other has not.</summary>
    public static string? Difference(JsonObject left, JsonObject right)
    {
        var (ours, theirs) = (Text(left), Text(right));
        return ours == theirs || ours.Length == 0 || theirs.Length == 0 ? null : $"{ours}; {theirs}";

        static string Text(JsonObject service) => string.Join(", ", Ports(service).OfType<JsonObject>().Select(port => $"{port["port"]}/{port["protocol"]}").Order(StringComparer.Ordinal));
    }

    /// <summary>Whether the user made the Service that stands in the mirror's place real, as <c>kubectl apply</c> does.</summary>
    public static bool IsTakenOver(JsonObject mirror) =>
        (mirror["spec"] as JsonObject)?["selector"] is JsonObject { Count: > 0 } || ObjectMetadata.TextOf((mirror["spec"] as JsonObject)?["type"]) == "ExternalName";

    /// <summary>Why a Service cannot be mirrored; null where it can, empty where that needs no words.</summary>
    public static string? Fault(JsonObject service)
    {
        var spec = service["spec"] as JsonObject;
        if (ObjectMetadata.TextOf(spec?["type"]) == "ExternalName" || service.IsTerminating())
            return "";
        if (ObjectMetadata.TextOf(spec?["clusterIP"]) == "None")
            return "it is headless, and the name of a headless Service without pods does not resolve: set dns: sidecar, so that Istio's DNS proxy answers";
        return Ports(service).Count == 0 ? "" : null;
    }

    public static JsonObject New(MeshDocument mesh, ObjectId id, ClusterName from, JsonObject source)
    {
        var mirror = Ownership.NewObject(id, mesh.Name, new JsonObject { [Label] = "true" }, new JsonObject { [SourceAnnotation] = from.Value });
        mirror["spec"] = new JsonObject { ["type"] = "ClusterIP", ["ports"] = Ports(source) };
        MirroredSettings.Copy(source, mirror);
        return mirror;
    }

    /// <summary>The mirror as it should be, with what the server added left in place.</summary>
    public static JsonObject InStep(JsonObject mirror, ClusterName from, JsonObject source)
    {
        var content = (JsonObject)mirror.DeepClone();
        ((JsonObject)(((JsonObject)(content["metadata"] ??= new JsonObject()))["annotations"] ??= new JsonObject()))[SourceAnnotation] = from.Value;
        if (!JsonNode.DeepEquals(Ports(mirror), Ports(source)))
            ((JsonObject)(content["spec"] ??= new JsonObject()))["ports"] = Ports(source);
        MirroredSettings.Copy(source, content);
        return content;
    }

    /// <summary>The user's Service that it has become, without our marks.</summary>
    public static JsonObject Released(JsonObject mirror)
    {
        var content = (JsonObject)mirror.DeepClone();
        var metadata = content["metadata"] as JsonObject ?? [];
        foreach (var (map, key) in new[]
        {
            ("labels", Label), ("labels", Ownership.MeshLabel), ("labels", Ownership.ManagedByLabel), ("annotations", SourceAnnotation),
        })
        {
            if (metadata[map] is JsonObject entries && entries.Remove(key) && entries.Count == 0)
                metadata.Remove(map);
        }

        return content;
    }

    private static JsonArray Ports(JsonObject service) =>
        [.. ((service["spec"] as JsonObject)?["ports"] as JsonArray ?? []).OfType<JsonObject>().Select(port => (JsonNode)Port(port))];

    private static JsonObject Port(JsonObject port)
    {
        var result = new JsonObject();
        foreach (var field in PortFields)
        {
            // TCP is what the server would put there.
            if ((port[field]?.DeepClone() ?? (field == "protocol" ? JsonValue.Create("TCP") : null)) is { } value)
                result[field] = value;
        }

        return result;
    }
}
