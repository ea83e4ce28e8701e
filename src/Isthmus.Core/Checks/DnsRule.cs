using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Checks;

/// <summary>Global names can be written where the document says, and nothing stands between pods and the server that answers them.</summary>
internal static class DnsRule
{
    private const string Subject = "DNS";

    public static IEnumerable<CheckFinding> Check(CheckSnapshot snapshot) => snapshot.Staying.SelectMany(pair =>
    {
        List<CheckFinding> findings = [.. Target(snapshot.Mesh, pair.Cluster, pair.Seen), .. Unread(pair.Cluster, pair.Seen), .. NodeLocal(snapshot.Mesh, pair.Cluster, pair.Seen)];
        return findings.Count > 0 || pair.Cluster.Dns == DnsKind.None
            ? findings
            : [CheckFinding.Ok(pair.Cluster.Name, Subject, $"{Records(pair.Cluster, pair.Seen)} (dns: {Word(pair.Cluster.Dns)})")];
    });

    /// <summary>What the planner would have to say if it wrote one record; nothing comes of its plan.</summary>
    private static IEnumerable<CheckFinding> Target(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        var records = DnsPlanner.Read(cluster, seen.DnsConfigMap).SetItem($"isthmus.check.{mesh.Domain}", "240.0.0.1");
        return DnsPlanner.Plan(cluster, mesh, seen.DnsConfigMap, records, FederationScope.Everything, seen.OtherDnsConfigMaps).OfType<PlannedAction.Skipped>()
            .Select(skipped => CheckFinding.Warning(cluster.Name, Subject, skipped.Reason, "see docs/decisions/0008-dns.md"));
    }

    /// <summary>AKS's Corefile imports what stands in coredns-custom; another one does so only where somebody wrote it in.</summary>
    private static IEnumerable<CheckFinding> Unread(MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        if (cluster.Dns == DnsKind.CoreDnsCustom && seen.OtherDnsConfigMaps.FirstOrDefault(configMap => configMap.Name() == "coredns") is { } coredns
            && !CorefileText.ImportsServers(SeenObject.Text(coredns, "data", "Corefile") ?? ""))
        {
            yield return CheckFinding.Warning(
                cluster.Name, Subject, "the Corefile of kube-system/coredns does not import custom/*.server, so CoreDNS reads nothing of coredns-custom",
                "set dns: coredns for the cluster in the mesh document; or mount coredns-custom at /etc/coredns/custom and add the line 'import custom/*.server' to the Corefile");
        }
    }

    private static IEnumerable<CheckFinding> NodeLocal(MeshDocument mesh, MeshCluster cluster, ClusterCheckSnapshot seen)
    {
        if (seen.NodeLocalDns is not { } cache || cluster.Dns is not (DnsKind.CoreDns or DnsKind.CoreDnsCustom))
            yield break;
        var corefile = SeenObject.Text(cache, "data", "Corefile") ?? "";
        if (!CorefileText.HasServerBlock(corefile, mesh.Domain))
        {
            yield return CheckFinding.Error(
                cluster.Name, Subject, $"NodeLocal DNSCache answers on the nodes and does not hand {mesh.Domain} to CoreDNS",
                $"add a server block {mesh.Domain}:53 with 'forward . <address of the kube-dns-upstream Service>' to the Corefile of kube-system/{cache.Name()}");
        }
    }

    private static string Records(MeshCluster cluster, ClusterCheckSnapshot seen) => cluster.Dns switch
    {
        DnsKind.Sidecar => "the sidecars answer global names",
        DnsKind.Private => "private zones answer global names",
        _ => $"{DnsPlanner.Read(cluster, seen.DnsConfigMap).Count} records",
    };

    private static string Word(DnsKind kind) => kind switch
    {
        DnsKind.CoreDns => "coredns",
        DnsKind.CoreDnsCustom => "coredns-custom",
        DnsKind.Private => "private",
        DnsKind.Sidecar => "sidecar",
        _ => "none",
    };
}
