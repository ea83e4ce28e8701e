using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Tests.Federation;

/// <summary>
/// The priorities that istiod gives the endpoints of a ServiceEntry behind DNS for a client of some locality (its "locality failover"
/// rules, the same from 1.14 to 1.31): by how much of the locality is shared, then by the failover setting; gaps closed.
/// </summary>
internal static class IstioPriorities
{
    /// <summary>The addresses of each of Envoy's priorities, best first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(JsonObject entry, JsonObject rule, string clientLocality)
    {
        var settings = rule["trafficPolicy"]?["portLevelSettings"]?[0]?["loadBalancer"]?["localityLbSetting"];
        var endpoints = (entry["endpoints"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if ((bool?)settings?["enabled"] == false)
            return [Addresses(endpoints)];
        var client = Parts(clientLocality);
        return [.. endpoints.GroupBy(endpoint => Priority(client, Parts(ObjectMetadata.TextOf(endpoint["locality"]) ?? ""), settings)).OrderBy(group => group.Key).Select(Addresses)];
    }

    private static int Priority(string[] client, string[] endpoint, JsonNode? settings)
    {
        if (client[0] == endpoint[0])
            return client[1] != endpoint[1] ? 2 : client[2] != endpoint[2] ? 1 : 0;
        var failover = (settings?["failover"] as JsonArray ?? []).FirstOrDefault(entry => (ObjectMetadata.TextOf(entry?["from"]) ?? "") == client[0]);
        return failover is null || ObjectMetadata.TextOf(failover["to"]) == endpoint[0] ? 3 : 4;
    }

    private static string[] Parts(string locality) => [.. locality.Split('/').Concat(["", "", ""]).Take(3)];

    private static IReadOnlyList<string> Addresses(IEnumerable<JsonObject> endpoints) =>
        [.. endpoints.Select(endpoint => ObjectMetadata.TextOf(endpoint["address"]) ?? "").Order(StringComparer.Ordinal)];
}
