using System.Net;

namespace Isthmus.Core.Mesh;

/// <summary>What holds between clusters, and between clusters and the mesh. Ranges that clash refuse a pair, not the mesh: that is for the preflight.</summary>
internal sealed class MeshDocumentRules(List<MeshDocumentError> errors)
{
    public void Check(IReadOnlyList<ReadCluster> clusters, IPNetwork addressRange)
    {
        for (var i = 0; i < clusters.Count; i++)
        {
            CheckName(clusters, i);
            CheckControlPlane(clusters, clusters[i]);
            CheckAddressRange(clusters[i], addressRange);
        }
    }

    /// <summary>What <c>dns: private</c> needs: somewhere to put the zones, and the network that is to see them.</summary>
    public static void CheckPrivateDns(IReadOnlyList<ReadCluster> clusters, bool hasSettings)
    {
        foreach (var (cluster, fields) in clusters.Where(read => read.Cluster.Dns == DnsKind.Private))
        {
            if (!hasSettings)
                fields.Error("dns", "private needs spec.privateDns.resourceGroup: where the zones are to stand");
            if (cluster.VirtualNetwork is null)
                fields.Error("vnet", "is required with dns: private: the virtual network that the zones are linked to");
        }
    }

    private static void CheckName(IReadOnlyList<ReadCluster> clusters, int index)
    {
        var (cluster, fields) = clusters[index];
        if (cluster.Name.Value.Length > 0 && clusters.Take(index).FirstOrDefault(other => other.Cluster.Name == cluster.Name) is { } first)
            fields.Error("name", $"'{cluster.Name}' is the name of {first.Fields.Path} already");
    }

    private static void CheckControlPlane(IReadOnlyList<ReadCluster> clusters, ReadCluster read)
    {
        var cluster = read.Cluster;
        if (cluster.HasOwnControlPlane)
            return;
        var server = clusters.FirstOrDefault(other => other.Cluster.Name == cluster.ControlPlane)?.Cluster;
        if (server is null)
            read.Fields.Error("controlPlane", $"'{cluster.ControlPlane}' is no cluster of this mesh");
        else if (IsCycle(clusters, cluster))
            read.Fields.Error("controlPlane", $"'{cluster.ControlPlane}' is in the end served by this cluster itself: a cycle");
        else if (!server.HasOwnControlPlane)
            read.Fields.Error("controlPlane", $"'{cluster.ControlPlane}' has no control plane of its own, but is served by '{server.ControlPlane}'");
        else if (server.Leaving && !cluster.Leaving)
            read.Fields.Error("controlPlane", $"'{cluster.ControlPlane}' is leaving the mesh, but serves this cluster");
    }

    private static bool IsCycle(IReadOnlyList<ReadCluster> clusters, MeshCluster start)
    {
        var at = start;
        for (var steps = 0; steps < clusters.Count && !at.HasOwnControlPlane; steps++)
        {
            if (clusters.FirstOrDefault(other => other.Cluster.Name == at.ControlPlane)?.Cluster is not { } next)
                return false;
            if (next.Name == start.Name)
                return true;
            at = next;
        }

        return false;
    }

    private void CheckAddressRange(ReadCluster read, IPNetwork addressRange)
    {
        foreach (var (key, ranges) in new[] { ("podCidrs", read.Cluster.PodCidrs), ("serviceCidrs", read.Cluster.ServiceCidrs) })
        {
            for (var i = 0; i < ranges.Length; i++)
            {
                if (Overlap(ranges[i], addressRange))
                    errors.Add(Fault(read, key, i, $"'{ranges[i]}' overlaps the mesh's addressRange {addressRange}"));
            }
        }

        foreach (var pods in read.Cluster.PodCidrs)
        {
            for (var i = 0; i < read.Cluster.ServiceCidrs.Length; i++)
            {
                if (Overlap(pods, read.Cluster.ServiceCidrs[i]))
                    errors.Add(Fault(read, "serviceCidrs", i, $"'{read.Cluster.ServiceCidrs[i]}' overlaps the cluster's own pods {pods}"));
            }
        }
    }

    private static MeshDocumentError Fault(ReadCluster read, string key, int index, string message) =>
        new($"{read.Fields.At(key)}[{index}]", read.Fields.LineOf(key), message);

    private static bool Overlap(IPNetwork left, IPNetwork right) =>
        left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);
}
