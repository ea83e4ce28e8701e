using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Dns;

/// <summary>
/// AKS's (and k3s's) ConfigMap for additions to CoreDNS: two keys of ours, a server block and the zone file that it reads; other
/// keys are others'. CoreDNS answers out of a zone file what the hosts plugin cannot: NODATA for every other type of a name,
/// NXDOMAIN for an unknown one, nothing for a name that only has names below it, and all of these with an SOA.
/// </summary>
internal sealed class CoreDnsCustomProvider : IDnsProvider
{
    private const string ServerKey = "isthmus.server";
    private const string ZoneKey = "isthmus.zone";

    // AKS mounts all keys here, and reads as Corefile only those that end in .server and .override.
    private const string ZonePath = "/etc/coredns/custom/" + ZoneKey;

    private const string Origin = "$ORIGIN ";
    private const string Address = " IN A ";

    // CoreDNS denies a zone's own name where nothing at all stands in or below it.
    private const string Nothing = "@ IN TXT \"no name is exported\"\n";

    public string ConfigMap => "coredns-custom";

    public bool MayCreate => true;

    public ImmutableSortedDictionary<string, string> Read(JsonObject configMap)
    {
        var records = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var origin = "";
        foreach (var line in Text(configMap, ZoneKey).Split('\n'))
        {
            if (line.StartsWith(Origin, StringComparison.Ordinal))
                origin = "." + line[Origin.Length..].TrimEnd('.');
            else if (line.Split(Address) is [var name, var address] && DnsZone.IsAddress(address))
                records[name + origin] = address;
        }

        return records.ToImmutable();
    }

    public string? Clash(JsonObject configMap, MeshDocument mesh)
    {
        var held = Text(configMap, ServerKey) + Text(configMap, ZoneKey);
        return held.Length == 0 || held.StartsWith(Mark(mesh), StringComparison.Ordinal)
            ? null
            : $"keys {ServerKey} and {ZoneKey} of kube-system/{ConfigMap} are not of mesh '{mesh.Name}': take them out, if nobody needs them";
    }

    public string? Refusal(JsonObject configMap, MeshDocument mesh)
    {
        var other = Others(configMap).FirstOrDefault(entry => CorefileText.HasServerBlock(entry.Text, mesh.Domain)).Key;
        return other is null ? null : $"key {other} of kube-system/{ConfigMap} has a server block for {mesh.Domain} already";
    }

    public IEnumerable<string> Notices(JsonObject configMap, MeshDocument mesh) =>
        from entry in Others(configMap)
        from zone in CorefileText.ServerBlocksBelow(entry.Text, mesh.Domain)
        select $"key {entry.Key} of kube-system/{ConfigMap} has a server block for {zone}: names of ours in it are not answered";

    public bool Holds(JsonObject configMap) => configMap["data"] is JsonObject data && (data.ContainsKey(ServerKey) || data.ContainsKey(ZoneKey));

    public JsonObject Write(JsonObject configMap, MeshDocument mesh, IReadOnlyDictionary<string, string> records)
    {
        var result = (JsonObject)configMap.DeepClone();
        if (result["data"] is not JsonObject data)
            result["data"] = data = [];
        data[ServerKey] = $"{Mark(mesh)}{mesh.Domain}:53 {{\n    errors\n    file {ZonePath} {mesh.Domain} {{\n        reload 5s\n    }}\n}}\n";
        data[ZoneKey] = Zone(mesh.Domain, records);
        return result;
    }

    public JsonObject Clear(JsonObject configMap)
    {
        var result = (JsonObject)configMap.DeepClone();
        if (result["data"] is not JsonObject data)
            return result;
        data.Remove(ServerKey);
        data.Remove(ZoneKey);
        if (data.Count == 0)
            result.Remove("data");
        return result;
    }

    private static string Mark(MeshDocument mesh) => $"# Kept by Isthmus for mesh {mesh.Name}; changes in here are lost.\n";

    private static string Zone(string domain, IReadOnlyDictionary<string, string> records)
    {
        var text = new StringBuilder();
        foreach (var (host, address) in records.OrderBy(record => record.Key, StringComparer.Ordinal))
            text.Append(host.AsSpan(0, host.Length - domain.Length - 1)).Append(Address).Append(address).Append('\n');
        var lines = text.Length > 0 ? text.ToString() : Nothing;
        return $"{Origin}{domain}.\n$TTL {DnsZone.Ttl}\n@ {DnsZone.NegativeTtl} IN {DnsZone.Soa(domain, DnsZone.Serial(lines))}\n{lines}";
    }

    private static IEnumerable<(string Key, string Text)> Others(JsonObject configMap) =>
        from entry in ObjectMetadata.Strings(configMap["data"] as JsonObject)
        where entry.Key != ServerKey && entry.Key.EndsWith(".server", StringComparison.Ordinal)
        select (entry.Key, entry.Value);

    private static string Text(JsonObject configMap, string key) => ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[key]) ?? "";
}
