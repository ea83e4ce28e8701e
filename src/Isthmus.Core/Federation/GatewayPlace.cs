using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>Where the Gateways of a control plane stand and what they select.</summary>
/// <param name="Namespace">Ours, unless istiod takes Gateways for a pod from the pod's own namespace only.</param>
/// <param name="IsScoped">Whether istiod does so (PILOT_SCOPE_GATEWAY_TO_NAMESPACE).</param>
/// <param name="Selector">The labels of the gateway's pods that our Gateways select by.</param>
/// <param name="PodLabels">All labels that the gateway's pods are known to have.</param>
/// <param name="Ports">The port numbers that mean the listener of cross-network traffic, the one that ours use first.</param>
internal sealed record GatewayPlace(
    string Namespace, bool IsScoped, ImmutableSortedDictionary<string, string> Selector, ImmutableSortedDictionary<string, string> PodLabels, ImmutableArray<int> Ports)
{
    public static GatewayPlace Of(MeshGateway gateway, JsonObject? service, bool isScoped)
    {
        var selector = GatewayAddress.Selector(gateway, service);
        var selected = ObjectMetadata.Strings((service?["spec"] as JsonObject)?["selector"] as JsonObject);
        return new GatewayPlace(
            isScoped ? gateway.Service?.Namespace ?? SystemNamespaces.Istio : SystemNamespaces.Isthmus,
            isScoped,
            selector,
            selector.SetItems(selected.Where(label => !selector.ContainsKey(label.Key))),
            GatewayAddress.ServerPorts(service));
    }
}
