using System.Text.Json.Nodes;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>Template function appendMultusNetwork: adds a network to a list that is written with commas or as JSON.</summary>
internal static class MultusNetworks
{
    /// <summary>Istio's rule: JSON keeps the user's own layout, so the entry is put before the last bracket; what cannot be read stays as it is.</summary>
    public static string Append(string existing, string network, bool splitNamespace)
    {
        if (existing.Length == 0) return network;
        var bracket = existing.LastIndexOf(']');
        if (bracket < 0)
            return existing.Split(',').Any(item => item.Trim() == network) ? existing : $"{existing}, {network}";

        var slash = splitNamespace ? network.IndexOf('/', StringComparison.Ordinal) : -1;
        var @namespace = slash < 0 ? "" : network[..slash];
        var name = network[(slash + 1)..];
        if (!StrictJson.TryParse(existing, out var json, out _) || json is not JsonArray networks || networks.Any(item => Is(item, name, @namespace))) return existing;
        var entry = @namespace.Length == 0
            ? $$"""{"name": {{GoParse.Quote(name)}}}"""
            : $$"""{"name": {{GoParse.Quote(name)}}, "namespace": {{GoParse.Quote(@namespace)}}}""";
        return $"{existing[..bracket]}, {entry}{existing[bracket..]}";
    }

    private static bool Is(JsonNode? item, string name, string @namespace) =>
        item is JsonObject network && network.Text("name") == name && (network.Text("namespace") ?? "") == @namespace;
}
