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
    private readonly Dictionary<string, JsonObject> _pods;
    private readonly PodPlace _places;

    private SliceEndpoints(ServiceView view, JsonObject service)
    {
        _view = view;
        _namespace = service.NamespaceName() ?? "";
        _network = NetworkOf(view);
        _keepsSessions = KeepsSessions(service);
        _pods = view.Pods.Where(pod => pod.NamespaceName() == _namespace).DistinctBy(pod => pod.Name()).ToDictionary(pod => pod.Name(), StringComparer.Ordinal);
        _places = new PodPlace(view.Nodes);
    }

    public static IEnumerable<MeshEndpoint> Read(ServiceView view) =>
        view.Service is { } service && !service.IsTerminating() ? new SliceEndpoints(view, service).All() : [];

    /// <summary>The root namespace's label, else the document's word.</summary>
    public static string NetworkOf(ServiceView view) => view.RootNamespace?.Label(RootNamespace.NetworkLabel) ?? view.Cluster.Network.Value;

    public static bool KeepsSessions(JsonObject service) => service.Label(SessionLabel) is { Length: > 0 };

    // A pod may stand in two slices while Kubernetes moves it from one to the other.
    private IEnumerable<MeshEndpoint> All() =>
        _view.EndpointSlices.Where(slice => slice.Text("addressType") != "FQDN").OrderBy(slice => slice.Name(), StringComparer.Ordinal)
            .SelectMany(OfSlice).DistinctBy(endpoint => (endpoint.Address, endpoint.Port, endpoint.PortName));

    private IEnumerable<MeshEndpoint> OfSlice(JsonObject slice) =>
        from endpoint in slice.List("endpoints").Objects()
        from address in (endpoint.List("addresses") ?? []).Select(address => address.AsText()).OfType<string>()
        from port in slice.List("ports").Objects()
        where port.Text("protocol") is null or "TCP" && port.Number("port") is > 0 and <= 65535
        select Endpoint(endpoint, address, port);

    private MeshEndpoint Endpoint(JsonObject endpoint, string address, JsonObject port)
    {
        var pod = PodsBehind.PodOf(endpoint) is { } name ? _pods.GetValueOrDefault(name) : null;
        var node = endpoint.Text("nodeName") ?? pod.Object("spec").Text("nodeName") ?? "";
        return new MeshEndpoint
        {
            Address = address,
            Port = (int)(port.Number("port") ?? 0),
            PortName = port.Text("name") ?? "",
            Network = pod?.Label(RootNamespace.NetworkLabel) ?? _network,
            Cluster = _view.Cluster.Name.Value,
            Locality = _places.Locality(pod, node),
            TlsMode = pod?.Label(TlsModeLabel) ?? "",
            Health = Health(endpoint.Object("conditions")),
            Labels = pod?.Labels() ?? MeshEndpoint.NoLabels,
            Namespace = _namespace,
            Workload = pod?.Name() ?? "",
            Node = node,
        };
    }

    // Kubernetes takes an absent condition for ready and for serving.
    private EndpointHealth Health(JsonObject? conditions)
    {
        if (conditions.Flag("ready") != false) return EndpointHealth.Healthy;
        if (conditions.Flag("terminating") != true) return EndpointHealth.Unhealthy;
        return _keepsSessions && conditions.Flag("serving") != false ? EndpointHealth.Draining : EndpointHealth.Terminating;
    }
}
