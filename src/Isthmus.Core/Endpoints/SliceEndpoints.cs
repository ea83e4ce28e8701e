using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Endpoints;

/// <summary>The endpoints of one Service in one cluster, as istiod reads them from EndpointSlices, pods and nodes.</summary>
internal sealed class SliceEndpoints
{
    private const string TlsModeLabel = "security.istio.io/tlsMode";
    private const string SessionLabel = "istio.io/persistent-session";

    private readonly ServiceView _view;
    private readonly string _namespace;
    private readonly string _network;
    private readonly bool _keepsSessions;
    private readonly PodPlace _places;

    private SliceEndpoints(ServiceView view, JsonObject service)
    {
        _view = view;
        _namespace = service.NamespaceName() ?? "";
        _network = NetworkOf(view);
        _keepsSessions = KeepsSessions(service);
        _places = new PodPlace(view.Nodes);
    }

    public static IEnumerable<MeshEndpoint> Read(ServiceView view) =>
        view.Service is { } service && !service.IsTerminating() ? new SliceEndpoints(view, service).All() : [];

    /// <summary>The root namespace's label, else the document's word.</summary>
    public static string NetworkOf(ServiceView view) => view.RootNamespace?.Label(RootNamespace.NetworkLabel) ?? view.Cluster.Network.Value;

    public static bool KeepsSessions(JsonObject service) => service.Label(SessionLabel) is { Length: > 0 };

    // A pod may stand in two slices while Kubernetes moves it from one to the other.
    private IEnumerable<MeshEndpoint> All() =>
        _view.EndpointSlices.Where(slice => !slice.HoldsNames).OrderBy(slice => slice.Name, StringComparer.Ordinal)
            .SelectMany(OfSlice).DistinctBy(endpoint => (endpoint.Address, endpoint.Port, endpoint.PortName));

    private IEnumerable<MeshEndpoint> OfSlice(EndpointSlice slice) =>
        from entry in slice.Entries
        from address in entry.Addresses
        from port in slice.Ports
        select Endpoint(entry, address, port);

    private MeshEndpoint Endpoint(EndpointSliceEntry entry, string address, (string Name, int Port) port)
    {
        var pod = entry.Pod.Length > 0 ? _view.Pod(entry.Pod) : null;
        var node = entry.Node.Length > 0 ? entry.Node : pod?.Node ?? "";
        return new MeshEndpoint
        {
            Address = address,
            Port = port.Port,
            PortName = port.Name,
            Network = pod?.Label(RootNamespace.NetworkLabel) ?? _network,
            Cluster = _view.Cluster.Name.Value,
            Locality = _places.Locality(pod?.Labels, node),
            TlsMode = pod?.Label(TlsModeLabel) ?? "",
            Health = Health(entry),
            Labels = pod?.Labels ?? MeshEndpoint.NoLabels,
            Namespace = _namespace,
            Workload = pod?.Name ?? "",
            Node = node,
        };
    }

    private EndpointHealth Health(EndpointSliceEntry entry)
    {
        if (entry.IsReady) return EndpointHealth.Healthy;
        if (!entry.IsTerminating) return EndpointHealth.Unhealthy;
        return _keepsSessions && entry.IsServing ? EndpointHealth.Draining : EndpointHealth.Terminating;
    }
}
