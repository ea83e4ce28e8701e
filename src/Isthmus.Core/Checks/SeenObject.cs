using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Checks;

/// <summary>Reading of Istio's objects as far as rules go by them.</summary>
internal static class SeenObject
{
    /// <summary>An object as a finding's subject.</summary>
    public static string Subject(JsonObject obj, string kind) => $"{kind} {obj.NamespaceName()}/{obj.Name()}";

    public static JsonObject? Spec(JsonObject obj) => obj["spec"] as JsonObject;

    public static IEnumerable<JsonObject> Objects(JsonObject? parent, string field) => (parent?[field] as JsonArray ?? []).OfType<JsonObject>();

    public static IEnumerable<string> Texts(JsonObject? parent, string field) => (parent?[field] as JsonArray ?? []).Select(ObjectMetadata.TextOf).OfType<string>();

    public static string? Text(JsonObject? parent, params ReadOnlySpan<string> path)
    {
        JsonNode? at = parent;
        foreach (var field in path)
            at = (at as JsonObject)?[field];
        return ObjectMetadata.TextOf(at);
    }

    /// <summary>A host without the namespaces that may use it: <c>shop/*.local</c>.</summary>
    public static string WithoutNamespace(string host) => host[(host.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>A DestinationRule's or route's host in full, as Istio completes it.</summary>
    public static string FullHost(string host, string? ns, string clusterDomain) => host.Contains('.', StringComparison.Ordinal) || host == "*" ? host : $"{host}.{ns}.svc.{clusterDomain}";

    /// <summary>Whether a host of an object, perhaps with a leading wildcard, stands for a name.</summary>
    public static bool Matches(string pattern, string name) =>
        pattern == "*" || pattern == name || (pattern.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(pattern[1..], StringComparison.Ordinal));
}
