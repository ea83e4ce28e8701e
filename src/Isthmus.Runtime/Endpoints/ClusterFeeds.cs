using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What is followed of one cluster, whatever service is asked for.</summary>
internal sealed class ClusterFeeds
{
    public required MeshCluster Cluster { get; init; }

    public required ObjectFeed<JsonObject> Namespaces { get; init; }

    public required ObjectFeed<JsonObject> Nodes { get; init; }

    /// <summary>Null where the gateway is given by addresses, or there is none.</summary>
    public required ObjectFeed<JsonObject>? Gateway { get; init; }

    public IEnumerable<Feed> All => Gateway is null ? [Namespaces, Nodes] : [Namespaces, Nodes, Gateway];

    public bool Has(string ns) => Namespaces.Find($"/{ns}") is not null;

    public JsonObject? Node(string name) => Nodes.Find($"/{name}");

    public JsonObject? RootNamespace => Namespaces.Find($"/{SystemNamespaces.Istio}");

    public JsonObject? GatewayService => Gateway?.Only;
}
