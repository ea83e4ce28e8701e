namespace Isthmus.Core.Endpoints;

/// <summary>A label of a proxy or endpoint, also those that Istio adds for its place.</summary>
internal static class EndpointLabels
{
    private const string Network = "topology.istio.io/network";
    private const string Cluster = "topology.istio.io/cluster";
    private const string Region = "topology.kubernetes.io/region";
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Subzone = "topology.istio.io/subzone";

    /// <summary>Whether Istio adds the label for a place, rather than reading it from the workload.</summary>
    public static bool IsPlace(string label) => label is Network or Cluster or Region or Zone or Subzone;

    public static string? Of(EndpointProxy proxy, string label) =>
        Place(label, proxy.Network, proxy.Cluster, proxy.Locality) ?? proxy.Labels.GetValueOrDefault(label);

    public static string? Of(AssignedEndpoint endpoint, string locality, string label)
    {
        var (network, cluster) = endpoint switch
        {
            { Endpoint: { } own } => (own.Network, own.Cluster),
            { Gateway: { } gateway } => (gateway.Network, gateway.Cluster),
            _ => ("", ""),
        };
        return Place(label, network, cluster, locality) ?? endpoint.Endpoint?.Labels.GetValueOrDefault(label) ?? endpoint.SharedLabels?.GetValueOrDefault(label);
    }

    private static string? Place(string label, string network, string cluster, string locality) => label switch
    {
        Network => network,
        Cluster => cluster,
        Region => Part(locality, 0),
        Zone => Part(locality, 1),
        Subzone => Part(locality, 2),
        _ => null,
    };

    private static string Part(string locality, int index) => locality.Split('/') is var parts && index < parts.Length ? parts[index] : "";
}
