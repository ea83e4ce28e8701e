using System.Collections.Immutable;
using System.Net;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Aks;

/// <summary>A cluster of the mesh out of what is known of an AKS cluster that the document does not list.</summary>
internal static class DiscoveredCluster
{
    /// <summary>Null where it cannot be one; the reason is among the notices.</summary>
    public static MeshCluster? Read(MeshDocument mesh, KnownCluster known, List<string> notices)
    {
        if (known.Name is not { } name)
        {
            notices.Add($"{known.ResourceId} is left out: another cluster of this mesh has the name '{known.WantedName}'; give it another by the tag {AksTags.Cluster}");
            return null;
        }

        if (!NameRules.IsLabel(name))
        {
            notices.Add($"{known.ResourceId} is left out: {NameRules.LabelFault(name)}; give it a name by the tag {AksTags.Cluster}");
            return null;
        }

        // Its name became the document's: what the document says wins.
        if (mesh.Find(new ClusterName(name)) is not null)
        {
            notices.Add($"{known.ResourceId} is left out: the mesh document lists another cluster '{name}'");
            return null;
        }

        if (mesh.Discovery is null || !known.IsTagged)
            notices.Add(StaysBecause(mesh, known, name));
        var gateway = Gateway(known, name, notices);
        return new MeshCluster
        {
            Name = new ClusterName(name),
            Network = Network(mesh, known, name, notices),
            ControlPlane = new ClusterName(known.ControlPlane ?? name),
            Locality = known.Location.Length > 0 ? known.Location : null,
            Access = new ClusterAccess.Aks(known.ResourceId),
            ApiServer = null,
            PodCidrs = Ranges(known.PodCidrs),
            ServiceCidrs = Ranges(known.ServiceCidrs),
            Gateway = gateway is null ? null : new MeshGateway { Service = gateway, Addresses = [], Selector = ImmutableSortedDictionary<string, string>.Empty },
            // AKS closes the API server's way to addresses outside (design, Security).
            WebhookReach = WebhookReach.Relay,
            Leaving = known.IsLeaving,
            Draining = false,
            MayExport = mesh.Defaults.MayExport,
            Dns = Dns(mesh, known, name, notices),
            VirtualNetwork = known.VirtualNetwork,
            ClusterDomain = "cluster.local",
        };
    }

    public static ImmutableArray<IPNetwork> Ranges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => IPNetwork.TryParse(range, out var parsed) ? parsed : (IPNetwork?)null).OfType<IPNetwork>()];

    private static string StaysBecause(MeshDocument mesh, KnownCluster known, string name) =>
        $"cluster {name} joined by its tag, and {(known.IsTagged ? "discovery is switched off" : $"the tag {AksTags.Mesh} is gone")}: "
        + $"it stays until it leaves; to let it go set its tag {AksTags.State} to leaving, and take the tags off when its clean-up is reported";

    private static ServiceName? Gateway(KnownCluster known, string name, List<string> notices)
    {
        var gateway = NameRules.Service(known.Gateway ?? AksTags.UsualGateway);
        if (gateway is null)
            notices.Add($"cluster {name} has no gateway: its tag {AksTags.Gateway} is '{known.Gateway}', but has to be NAMESPACE/NAME");
        return gateway;
    }

    /// <summary>
    /// Pods with addresses of a virtual network reach each other in it; overlay and kubenet pods reach nobody outside their cluster,
    /// whatever network its nodes share.
    /// </summary>
    private static NetworkName Network(MeshDocument mesh, KnownCluster known, string name, List<string> notices)
    {
        if (known.Network is { } tag && NameRules.IsLabelValue(tag))
            return new NetworkName(tag);
        if (known.Network is { } wrong)
            notices.Add($"the tag {AksTags.Network} of cluster {name} is passed over: '{wrong}' cannot be a label's value");
        if (!known.HasFlatPods || known.VirtualNetwork is not { } vnet)
            return DiscoveredName.Network(name, known.ResourceId);
        return mesh.Clusters.FirstOrDefault(cluster => string.Equals(cluster.VirtualNetwork, vnet, StringComparison.OrdinalIgnoreCase))?.Network
            ?? DiscoveredName.Network(vnet[(vnet.LastIndexOf('/') + 1)..], vnet);
    }

    private static DnsKind Dns(MeshDocument mesh, KnownCluster known, string name, List<string> notices)
    {
        var dns = mesh.Defaults.Dns ?? DnsKind.CoreDnsCustom;
        if (dns != DnsKind.Private || known.VirtualNetwork is not null)
            return dns;
        notices.Add($"cluster {name} gets its names by coredns-custom, not from private zones: AKS made its virtual network, and ARM does not say which it is");
        return DnsKind.CoreDnsCustom;
    }
}
