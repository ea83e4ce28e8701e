using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What is followed of one cluster for the services of one namespace. The cluster may have no such namespace.</summary>
internal sealed class NamespaceFeeds(
    ClusterFeeds cluster, ObjectFeed<JsonObject>? services, ObjectFeed<EndpointSlice>? endpointSlices, ObjectFeed<EndpointPod>? pods)
{
    public MeshCluster Cluster => cluster.Cluster;

    public IEnumerable<Feed> All => cluster.All.Concat(Own);

    private IEnumerable<Feed> Own => new Feed?[] { services, endpointSlices, pods }.OfType<Feed>();

    /// <summary>Why the cluster cannot be counted in; null where everything was read at least once.</summary>
    public string? Silence => All.FirstOrDefault(feed => !feed.IsListed) is { } missing
        ? $"cluster {Cluster.Name} could not be read yet{(missing.Failure is { } failure ? $": {failure}" : "")}"
        : null;

    public ServiceView View(ServiceName name) => new()
    {
        Cluster = Cluster,
        Service = services?.Find($"{name.Namespace}/{name.Name}"),
        EndpointSlices = [.. (endpointSlices?.Objects ?? []).Where(slice => slice.Service == name.Name)],
        Pod = pod => pods?.Find($"{name.Namespace}/{pod}"),
        Nodes = cluster.Nodes.Objects,
        RootNamespace = cluster.RootNamespace,
        GatewayService = cluster.GatewayService,
    };
}
