using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Endpoints;

/// <summary>The proxy as it introduces itself to its control plane: Envoy's node, with Istio's metadata.</summary>
public static class DiscoveryNode
{
    private const string LocalityLabel = PodPlace.LocalityLabel;

    /// <param name="node">Envoy's node.</param>
    /// <param name="mesh">The document, which knows the clusters.</param>
    /// <param name="cluster">The cluster whose address was asked.</param>
    /// <param name="localityOf">The locality of a node of that cluster, by its name; empty where it is not known.</param>
    /// <param name="reason">Why the proxy cannot be answered here.</param>
    public static EndpointProxy? Read(JsonObject node, MeshDocument mesh, MeshCluster cluster, Func<string, string> localityOf, out string reason)
    {
        reason = "";
        if (DiscoveryRequest.Field(node, "metadata") is { } odd and not JsonObject) return Refuse($"node.metadata has to be an object, not {odd.GetValueKind()}", out reason);
        var metadata = node.Object("metadata");
        // A cluster that does not know its name in the mesh ("Kubernetes") is the one whose token was used.
        if (metadata.Text("CLUSTER_ID") is { Length: > 0 } id && id != cluster.Name.Value && mesh.Find(new ClusterName(id)) is not null)
            return Refuse($"node.metadata.CLUSTER_ID is {id}, and this is the address of cluster {cluster.Name}", out reason);
        var parts = (node.Text("id") ?? "").Split('~');
        var labels = metadata.StringMap("LABELS").ToImmutableSortedDictionary(StringComparer.Ordinal);
        var nodeName = metadata.Text("NODE_NAME") ?? "";
        var addresses = Addresses(metadata, parts);
        return new EndpointProxy
        {
            Network = metadata.Text("NETWORK") ?? "",
            Cluster = cluster.Name.Value,
            Locality = Locality(node, labels, nodeName.Length == 0 ? "" : localityOf(nodeName)),
            Node = nodeName,
            Namespace = metadata.Text("NAMESPACE") ?? NamespaceOf(parts),
            Labels = labels,
            RequestedNetworkView = List(metadata, "REQUESTED_NETWORK_VIEW"),
            IsRouter = parts[0] is "router" or "waypoint",
            UsesIPv4 = addresses.IsEmpty || addresses.Any(address => !address.Contains(':', StringComparison.Ordinal)),
            UsesIPv6 = addresses.IsEmpty || addresses.Any(address => address.Contains(':', StringComparison.Ordinal)),
        };
    }

    /// <summary>The locality of a node by its labels; empty where it has none.</summary>
    public static string LocalityOf(JsonObject? node) => node is null ? "" : PodPlace.OfNode(node);

    // Istio's order: what the cluster says of the pod's place comes before what the proxy was started with.
    private static string Locality(JsonObject node, ImmutableSortedDictionary<string, string> labels, string ofNode)
    {
        if (labels.GetValueOrDefault(LocalityLabel) is { Length: > 0 } given) return PodPlace.OfLabel(given);
        if (ofNode.Length > 0 || node.Object("locality") is not { } locality) return ofNode;
        var (region, zone, subzone) = (locality.Text("region") ?? "", locality.Text("zone") ?? "", DiscoveryRequest.Field(locality, "sub_zone").AsText() ?? "");
        return region.Length + zone.Length + subzone.Length == 0 ? "" : $"{region}/{zone}/{subzone}";
    }

    // sidecar~ADDRESS~POD.NAMESPACE~DOMAIN
    private static string NamespaceOf(string[] parts) => parts.Length == 4 ? parts[2][(parts[2].LastIndexOf('.') + 1)..] : "";

    private static ImmutableArray<string> Addresses(JsonObject? metadata, string[] parts)
    {
        var addresses = List(metadata, "INSTANCE_IPS");
        return addresses.IsEmpty && parts.Length == 4 && parts[1].Length > 0 ? [parts[1]] : addresses;
    }

    // Istio writes its lists as one string.
    private static ImmutableArray<string> List(JsonObject? metadata, string name) => metadata.List(name) is { } list
        ? [.. list.Select(item => item.AsText()).OfType<string>()]
        : [.. (metadata.Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static EndpointProxy? Refuse(string text, out string reason)
    {
        reason = text;
        return null;
    }
}
