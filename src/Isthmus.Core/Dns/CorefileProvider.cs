using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Dns;

/// <summary>
/// A marked block at the end of CoreDNS's own Corefile. The records stand inline: kubeadm mounts nothing but the key Corefile,
/// so a file of ours beside it would not be seen.
/// </summary>
internal sealed class CorefileProvider : IDnsProvider
{
    private const string Key = "Corefile";
    private const string Begin = "# BEGIN isthmus: kept by Isthmus, changes in here are lost";
    private const string End = "# END isthmus";

    public string ConfigMap => "coredns";

    public ImmutableSortedDictionary<string, string> Read(JsonObject configMap) => CorefileText.ReadHostLines(Split(Corefile(configMap)).Ours);

    public string? Refusal(JsonObject? configMap, string domain)
    {
        if (configMap is null)
            return "there is no ConfigMap kube-system/coredns: set dns in the mesh document";
        return CorefileText.HasServerBlock(Split(Corefile(configMap)).Others, domain) ? $"the Corefile has a server block for {domain} already" : null;
    }

    public JsonObject Write(JsonObject? configMap, string domain, IReadOnlyDictionary<string, string> records)
    {
        var result = (JsonObject?)configMap?.DeepClone() ?? [];
        var others = Split(Corefile(result)).Others;
        if (result["data"] is not JsonObject data)
            result["data"] = data = [];
        data[Key] = records.Count == 0 ? others : $"{others}\n{Begin}\n{Block(domain, records)}{End}\n";
        return result;
    }

    private static string Block(string domain, IReadOnlyDictionary<string, string> records) =>
        CorefileText.ServerBlock(
            domain,
            $"    hosts {{\n{CorefileText.HostLines(records, "        ")}        ttl 30\n        fallthrough\n    }}");

    private static string Corefile(JsonObject configMap) => ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[Key]) ?? "";

    private static (string Others, string Ours) Split(string corefile)
    {
        var begin = corefile.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : corefile.IndexOf(End, begin, StringComparison.Ordinal);
        if (end < 0)
            return (corefile, "");
        var after = Math.Min(corefile.Length, end + End.Length + 1);
        // The line feed in front is ours too, so that a file that ended without one ends without one again.
        if (begin > 0 && corefile[begin - 1] == '\n')
            begin--;
        return (corefile[..begin] + corefile[after..], corefile[begin..after]);
    }
}
