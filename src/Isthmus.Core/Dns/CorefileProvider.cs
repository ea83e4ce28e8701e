using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Dns;

/// <summary>
/// A marked block at the end of CoreDNS's own Corefile. The records stand inline: kubeadm mounts nothing but the key Corefile,
/// so a file of ours beside it would not be seen.
/// </summary>
internal sealed class CorefileProvider : IDnsProvider
{
    private const string Key = "Corefile";
    private const string Begin = "# BEGIN isthmus mesh ";
    private const string Notice = ": kept by Isthmus, changes in here are lost\n";
    private const string End = "# END isthmus";

    // Only CoreDNS itself asks here, over loopback.
    private const string DenialPort = "5399";

    public string ConfigMap => "coredns";

    public bool MayCreate => false;

    public ImmutableSortedDictionary<string, string> Read(JsonObject configMap)
    {
        var records = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var line in Split(Corefile(configMap)).Ours.Split('\n'))
        {
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var address, var host] && DnsZone.IsAddress(address))
                records[host] = address;
        }

        return records.ToImmutable();
    }

    public string? Clash(JsonObject configMap, MeshDocument mesh)
    {
        var (others, ours) = Split(Corefile(configMap));
        if (ours.Length > 0 && !ours.TrimStart('\n').StartsWith(Begin + mesh.Name + Notice, StringComparison.Ordinal))
            return $"the Corefile of kube-system/{ConfigMap} holds the block of another mesh than '{mesh.Name}': take it out, if nobody needs it";
        return others.Contains(Begin, StringComparison.Ordinal)
            ? $"the Corefile of kube-system/{ConfigMap} holds a line '{Begin.Trim()} …' that begins no whole block of ours: take out what is left of it"
            : null;
    }

    public string? Refusal(JsonObject configMap, MeshDocument mesh) =>
        CorefileText.HasServerBlock(Split(Corefile(configMap)).Others, mesh.Domain) ? $"the Corefile has a server block for {mesh.Domain} already" : null;

    public IEnumerable<string> Notices(JsonObject configMap, MeshDocument mesh)
    {
        var (others, ours) = Split(Corefile(configMap));
        foreach (var zone in CorefileText.ServerBlocksBelow(others, mesh.Domain))
            yield return $"the Corefile has a server block for {zone}: names of ours in it are not answered";
        if (ours.Length == 0 && !CorefileText.Reloads(others))
            yield return "the Corefile has no 'reload', so CoreDNS sees our block only after a restart (kubectl -n kube-system rollout restart deployment coredns); from then on by itself";
    }

    public bool Holds(JsonObject configMap) => Split(Corefile(configMap)).Ours.Length > 0;

    public JsonObject Write(JsonObject configMap, MeshDocument mesh, IReadOnlyDictionary<string, string> records) =>
        WithCorefile(configMap, others => $"{others}\n{Begin}{mesh.Name}{Notice}{Blocks(mesh.Domain, records)}{End}\n");

    public JsonObject Clear(JsonObject configMap) => WithCorefile(configMap, others => others);

    /// <summary>
    /// CoreDNS asks its plugins in an order of its own, whatever the Corefile's: rewrite, template, hosts, forward. So a template
    /// in the same block would deny every name before hosts sees it. What hosts does not know is forwarded to a second block, which
    /// denies it. Hosts hands on PTR queries even of names that it knows; asked for as TXT they get their empty answer.
    /// The reload counts for the whole process; ours stands last, so it is the one that counts.
    /// </summary>
    private static string Blocks(string domain, IReadOnlyDictionary<string, string> records)
    {
        var soa = $"{domain}. {DnsZone.NegativeTtl} IN {DnsZone.Soa(domain, 1)}";
        var lines = new StringBuilder();
        foreach (var (host, address) in records.OrderBy(record => record.Key, StringComparer.Ordinal))
            lines.Append("        ").Append(address).Append(' ').Append(host).Append('\n');
        return $$"""
            {{domain}}:53 {
                errors
                reload 10s 4s
                rewrite type PTR TXT
                hosts /dev/null {{domain}} {
            {{lines}}        ttl {{DnsZone.Ttl}}
                    no_reverse
                    fallthrough
                }
                forward . 127.0.0.1:{{DenialPort}} {
                    max_fails 0
                }
            }
            {{domain}}:{{DenialPort}} {
                bind 127.0.0.1
                errors
                template IN SOA {{domain}} {
                    match "^{{Pattern(domain)}}$"
                    answer "{{soa}}"
                    fallthrough
                }
                template ANY ANY {{domain}} {
                    match "^(?:{{string.Join('|', DnsZone.EmptyNames(domain, records.Keys).Select(Pattern))}})$"
                    authority "{{soa}}"
                    fallthrough
                }
                template ANY ANY {{domain}} {
                    rcode NXDOMAIN
                    authority "{{soa}}"
                }
            }

            """;
    }

    // The Corefile takes a backslash in quotes for an escape, so a dot is written as a class.
    private static string Pattern(string name) => name.Replace(".", "[.]", StringComparison.Ordinal) + "[.]";

    private static JsonObject WithCorefile(JsonObject configMap, Func<string, string> write)
    {
        var result = (JsonObject)configMap.DeepClone();
        if (result["data"] is not JsonObject data)
            result["data"] = data = [];
        data[Key] = write(Split(Corefile(result)).Others);
        return result;
    }

    internal static string Corefile(JsonObject configMap) => ObjectMetadata.TextOf((configMap["data"] as JsonObject)?[Key]) ?? "";

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
