using System.Text.Json.Nodes;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>What may be put, and what putting and deleting does: Azure's rules for zones, links and record sets.</summary>
internal sealed class PrivateDnsResources(PrivateDnsStore store, PrivateDnsOptions options)
{
    private const string Soa = "SOA";
    private const int MostAddresses = 20;
    private static readonly string[] Types = ["A", "AAAA", "CNAME", "MX", "PTR", Soa, "SRV", "TXT"];

    public static bool IsType(string segment) => Types.Contains(segment, StringComparer.OrdinalIgnoreCase);

    public JsonObject? Get(string path)
    {
        var found = store.Find(path);
        if (found?["properties"] is JsonObject properties && !path.Contains('/', StringComparison.Ordinal))
            properties["numberOfRecordSets"] = Records(path).Count;
        return found;
    }

    public IReadOnlyList<JsonObject> Records(string zone) => [.. Types.SelectMany(type => store.Below($"{zone}/{type}/"))];

    public ArmAnswer PutZone(string name, JsonObject body, string? match, string? noneMatch)
    {
        if (!name.Contains('.', StringComparison.Ordinal))
            return ArmAnswer.Refusal(400, "BadRequest", $"The zone name '{name}' is invalid: it needs at least two labels.");
        if (body["location"]?.ToString() != "global")
            return ArmAnswer.Refusal(400, "LocationRequired", "The location property is required for this definition; it has to be 'global'.");
        return Later(name, match, noneMatch, () => store.Change(resources =>
        {
            resources[name] = Resource(name, "privateDnsZones", body, new JsonObject { ["provisioningState"] = "Succeeded" });
            if (!resources.ContainsKey($"{name}/{Soa}/@"))
                resources[$"{name}/{Soa}/@"] = Resource($"{name}/{Soa}/@", "privateDnsZones/SOA", [], new JsonObject { ["fqdn"] = $"{name}.", ["ttl"] = 3600 });
            return new ArmAnswer(200, null);
        }));
    }

    public ArmAnswer PutLink(string path, JsonObject body, string? match, string? noneMatch)
    {
        var zone = path.Split('/')[0];
        if (store.Find(zone) is null)
            return ArmAnswer.Refusal(404, "ParentResourceNotFound", $"Can not perform requested operation on nested resource. Parent resource '{zone}' not found.");
        if (body["properties"]?["virtualNetwork"]?["id"]?.ToString() is not { Length: > 0 } network)
            return ArmAnswer.Refusal(400, "BadRequest", "The virtual network of the link is missing.");
        if (store.Below($"{zone}/virtualNetworkLinks/").Any(link => !Is(link["name"], path.Split('/')[2]) && Is(link["properties"]?["virtualNetwork"]?["id"], network)))
            return ArmAnswer.Refusal(409, "Conflict", "A virtual network can be linked to a private zone once only.");
        return Later(path, match, noneMatch, () => store.Change(resources =>
        {
            if (!resources.ContainsKey(zone))
                return ArmAnswer.Missing(zone);
            var properties = (JsonObject?)body["properties"]?.DeepClone() ?? [];
            properties["virtualNetworkLinkState"] = "Completed";
            resources[path] = Resource(path, "privateDnsZones/virtualNetworkLinks", body, properties);
            return new ArmAnswer(200, null);
        }));
    }

    public ArmAnswer PutRecord(string path, JsonObject body, string? match, string? noneMatch)
    {
        var parts = path.Split('/');
        var (zone, type, name) = (parts[0], parts[1].ToUpperInvariant(), parts[2]);
        return store.Change(resources =>
        {
            if (!resources.ContainsKey(zone))
                return ArmAnswer.Refusal(404, "ParentResourceNotFound", $"Can not perform requested operation on nested resource. Parent resource '{zone}' not found.");
            if (Condition(resources.GetValueOrDefault(path), match, noneMatch) is { } refusal)
                return refusal;
            if (type == "A" && body["properties"]?["aRecords"] is not JsonArray { Count: > 0 and <= MostAddresses })
                return ArmAnswer.Refusal(400, "BadRequest", "The record set has no records, or more than 20.");
            if (Clashes(resources.Keys, zone, type, name))
                return ArmAnswer.Refusal(409, "Conflict", $"A CNAME record set cannot stand beside others of the name '{name}'.");
            var isNew = !resources.ContainsKey(path);
            if (isNew && resources.Keys.Count(key => key.StartsWith(zone + "/", StringComparison.OrdinalIgnoreCase)) >= options.MostRecords)
                return ArmAnswer.Refusal(409, "RecordSetsLimitReached", "The limit of record sets in the zone is reached.");
            var properties = (JsonObject?)body["properties"]?.DeepClone() ?? [];
            properties["fqdn"] = $"{name}.{zone}.";
            properties["isAutoRegistered"] = false;
            resources[path] = Resource(path, $"privateDnsZones/{type}", [], properties);
            return new ArmAnswer(isNew ? 201 : 200, (JsonObject)resources[path].DeepClone());
        });
    }

    public ArmAnswer DeleteRecord(string path, string? match) => store.Change(resources =>
    {
        if (!resources.TryGetValue(path, out var live))
            return new ArmAnswer(204, null);
        if (Condition(live, match, null) is { } refusal)
            return refusal;
        resources.Remove(path);
        return new ArmAnswer(200, null);
    });

    /// <summary>Deletes a link, or a zone with its record sets; a zone with links stays.</summary>
    public ArmAnswer DeleteLater(string path, string? match)
    {
        if (store.Find(path) is null)
            return new ArmAnswer(204, null);
        return Later(path, match, null, () => store.Change(resources =>
        {
            if (!path.Contains('/', StringComparison.Ordinal) && resources.Keys.Any(key => key.StartsWith($"{path}/virtualNetworkLinks/", StringComparison.OrdinalIgnoreCase)))
                return ArmAnswer.Refusal(409, "CannotDeleteResource", "Can not delete resource before nested resources are deleted.");
            foreach (var gone in resources.Keys.Where(key => Is(key, path) || key.StartsWith(path + "/", StringComparison.OrdinalIgnoreCase)).ToList())
                resources.Remove(gone);
            return new ArmAnswer(200, null);
        }));
    }

    /// <summary>Conditions are looked at when the request comes and once more when the operation is done.</summary>
    private ArmAnswer Later(string path, string? match, string? noneMatch, Func<ArmAnswer> act) =>
        Condition(store.Find(path), match, noneMatch)
        ?? new ArmAnswer(202, null, store.Begin(options.Polls, () => Condition(store.Find(path), match, noneMatch) ?? act()));

    private static ArmAnswer? Condition(JsonObject? live, string? match, string? noneMatch) =>
        (noneMatch == "*" && live is not null) || (match is not null && live?["etag"]?.ToString() != match) ? ArmAnswer.Precondition() : null;

    private static bool Clashes(IEnumerable<string> paths, string zone, string type, string name) =>
        paths.Select(path => path.Split('/')).Any(parts => parts.Length == 3 && Is(parts[0], zone) && Is(parts[2], name) && parts[1] != type
            && IsType(parts[1]) && (parts[1] == "CNAME" || type == "CNAME"));

    private JsonObject Resource(string path, string type, JsonObject body, JsonObject properties)
    {
        var resource = new JsonObject
        {
            ["id"] = $"{options.ResourceGroup}/providers/Microsoft.Network/privateDnsZones/{path}",
            ["name"] = path[(path.LastIndexOf('/') + 1)..],
            ["type"] = $"Microsoft.Network/{type}",
            ["etag"] = store.NextETag(),
            ["properties"] = properties,
        };
        if (body["tags"] is JsonObject tags)
            resource["tags"] = tags.DeepClone();
        if (body["location"] is { } location)
            resource["location"] = location.DeepClone();
        return resource;
    }

    private static bool Is(JsonNode? node, string text) => Is(node?.ToString() ?? "", text);

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
