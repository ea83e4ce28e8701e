using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Endpoints;

/// <summary>What the clusters under one control plane say of one Service: the same for every proxy that asks.</summary>
public sealed class LiveInputs
{
    private readonly IReadOnlyList<ServiceView> _views;

    public LiveInputs(IReadOnlyList<ServiceView> views)
    {
        _views = [.. views.OrderBy(view => view.Cluster.Name)];
        Endpoints = [.. _views.SelectMany(SliceEndpoints.Read)];
        Gateways = new GatewayTable(_views.SelectMany(GatewaysOf));
    }

    private LiveInputs(LiveInputs other, GatewayTable gateways) => (_views, Endpoints, Gateways) = (other._views, other.Endpoints, gateways);

    public IReadOnlyList<MeshEndpoint> Endpoints { get; }

    /// <summary>As they are found: names among them unresolved.</summary>
    public GatewayTable Gateways { get; }

    /// <summary>The same with its gateways' names resolved.</summary>
    public LiveInputs With(GatewayTable gateways) => new(this, gateways);

    internal string ClusterDomain => _views.Count == 0 ? "" : _views[0].Cluster.ClusterDomain;

    // The Service that the proxy's own cluster has is the one that its routes were made from.
    internal List<JsonObject> ServicesFor(EndpointProxy? proxy) =>
        [.. _views.OrderBy(view => view.Cluster.Name.Value != proxy?.Cluster).Select(view => view.Service).OfType<JsonObject>().Where(service => !service.IsTerminating())];

    private static IEnumerable<NetworkGateway> GatewaysOf(ServiceView view) => view.Cluster.Gateway is not { } gateway ? [] :
        GatewayAddress.ReadAll(gateway, view.GatewayService, view.Nodes)
            .Select(address => new NetworkGateway(SliceEndpoints.NetworkOf(view), view.Cluster.Name.Value, address.Host, address.Port));
}
