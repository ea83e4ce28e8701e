using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Dns;

/// <summary>AKS's ConfigMap for additions to CoreDNS: two keys of ours, a server block and the hosts file that it reads. Other keys are others'.</summary>
internal sealed class CoreDnsCustomProvider : IDnsProvider
{
    private const string ServerKey = "isthmus.server";
    private const string HostsKey = "isthmus.hosts";

    // AKS mounts the ConfigMap here.
    private const string HostsPath = "/etc/coredns/custom/" + HostsKey;

    public string ConfigMap => "coredns-custom";

    public ImmutableSortedDictionary<string, string> Read(JsonObject configMap) =>
        CorefileText.ReadHostLines(ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[HostsKey]) ?? "");

    public string? Refusal(JsonObject? configMap, string domain)
    {
        var other = (configMap?["data"] as JsonObject ?? [])
            .Where(entry => entry.Key != ServerKey && entry.Key.EndsWith(".server", StringComparison.Ordinal))
            .FirstOrDefault(entry => CorefileText.HasServerBlock(ObjectMetadata.TextOf(entry.Value) ?? "", domain)).Key;
        return other is null ? null : $"key {other} of kube-system/coredns-custom has a server block for {domain} already";
    }

    public JsonObject Write(JsonObject? configMap, string domain, IReadOnlyDictionary<string, string> records)
    {
        var result = (JsonObject?)configMap?.DeepClone() ?? new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = ConfigMap, ["namespace"] = DnsPlanner.Namespace },
        };
        if (result["data"] is not JsonObject data)
            result["data"] = data = [];
        if (records.Count > 0)
        {
            data[ServerKey] = CorefileText.ServerBlock(
                domain, $"    hosts {HostsPath} {domain} {{\n        ttl 30\n        reload 5s\n        fallthrough\n    }}");
            data[HostsKey] = CorefileText.HostLines(records, "");
            return result;
        }

        data.Remove(ServerKey);
        data.Remove(HostsKey);
        if (data.Count == 0)
            result.Remove("data");
        return result;
    }
}
