using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// Envoy's DiscoveryRequest for endpoints, from its JSON. Fields may have their original names, as Envoy writes them, or the camel-cased ones.
/// The nonce means nothing over REST, where an answer is always that of its request.
/// </summary>
public sealed class DiscoveryRequest(JsonObject node, ImmutableArray<string> resourceNames, string version)
{
    public const string TypeUrl = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

    // Envoy asks for one at a time.
    private const int MostNames = 1000;
    private const int LongestName = 512;

    public JsonObject Node { get; } = node;

    public ImmutableArray<string> ResourceNames { get; } = resourceNames;

    /// <summary>The version of the answer that the proxy holds; empty where it has none.</summary>
    public string Version { get; } = version;

    /// <summary>Null with the reason where it cannot be answered.</summary>
    public static DiscoveryRequest? Read(JsonObject body, out string reason)
    {
        reason = "";
        if (Field(body, "node") is not JsonObject node) return Refuse("node is missing: it says which proxy the endpoints are for", out reason);
        if (Field(body, "type_url") is { } type && type.AsText() is not ("" or TypeUrl)) return Refuse($"type_url has to be {TypeUrl}", out reason);
        if (Field(body, "version_info") is { } version && version.AsText() is null) return Refuse("version_info has to be a string", out reason);
        if (Field(body, "response_nonce") is { } nonce && nonce.AsText() is null) return Refuse("response_nonce has to be a string", out reason);
        if (Field(body, "resource_names") is not JsonArray { Count: > 0 } names)
            return Refuse("resource_names has to be a list that names at least one cluster, outbound|PORT|SUBSET|HOST", out reason);
        if (names.Count > MostNames) return Refuse($"resource_names has {names.Count} entries; at most {MostNames} are answered at once", out reason);
        var texts = names.Select(name => name.AsText()).ToList();
        if (texts.Exists(text => text is not { Length: > 0 and <= LongestName })) return Refuse($"resource_names has to hold strings of 1 to {LongestName} characters", out reason);
        return new DiscoveryRequest(node, [.. texts.OfType<string>().Distinct(StringComparer.Ordinal)], Field(body, "version_info").AsText() ?? "");
    }

    /// <summary>A member by its original name, or by the camel-cased one of Protobuf's JSON; null counts as absent.</summary>
    internal static JsonNode? Field(JsonObject owner, string name)
    {
        if (owner.TryGetPropertyValue(name, out var value) && value is not null) return value;
        var parts = name.Split('_');
        var camel = string.Concat(parts.Take(1).Concat(parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part[1..])));
        return owner.TryGetPropertyValue(camel, out var other) ? other : null;
    }

    private static DiscoveryRequest? Refuse(string text, out string reason)
    {
        reason = text;
        return null;
    }
}
