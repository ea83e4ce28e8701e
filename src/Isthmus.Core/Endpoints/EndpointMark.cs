using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Endpoints;

/// <summary>Who answers proxies that ask for a Service's endpoints: <c>isthmus.dev/endpoints: isthmus</c> as a label or an annotation, else istiod.</summary>
public static class EndpointMark
{
    public const string Key = Ownership.Prefix + "endpoints";
    public const string Isthmus = "isthmus";
    private const string Istiod = "istiod";

    public static bool IsSet(JsonObject service) => Of(service) is not (null or Istiod);

    /// <summary>Why the Service cannot be answered by us although it is marked; null where it can.</summary>
    public static string? Fault(JsonObject service)
    {
        var spec = service["spec"] as JsonObject;
        if (Of(service) is { } value and not Isthmus)
            return $"{Key} is '{value}': write {Isthmus}, or {Istiod} for istiod's own endpoints";
        if (ObjectMetadata.TextOf(spec?["type"]) == "ExternalName")
            return $"{Key} is of no use to a Service of type ExternalName, which has no endpoints";
        return ObjectMetadata.TextOf(spec?["clusterIP"]) == "None"
            ? $"{Key} is of no use to a headless Service: proxies send to the address that the client picked"
            : null;
    }

    private static string? Of(JsonObject service) => service.Label(Key) ?? service.Annotation(Key);
}
