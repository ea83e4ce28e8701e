using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Webhooks;

namespace Isthmus.Core.Endpoints;

/// <summary>
/// The EnvoyFilters that let proxies ask us. Envoy takes a REST source only by a cluster of its bootstrap, which a proxy reads when it starts; so both patches
/// are held to proxies whose metadata says that they started with it, and no other proxy can lose a cluster by them.
/// </summary>
internal static class EndpointFilters
{
    /// <summary>In a proxy's metadata: set by <c>ISTIO_META_ISTHMUS_ENDPOINTS</c>, beside <c>BOOTSTRAP_XDS_AGENT</c>, which lets it ask istiod for its bootstrap.</summary>
    public const string Metadata = "ISTHMUS_ENDPOINTS";

    private const string RelayCluster = RelayService.Name;
    private const string ServicePrefix = "isthmus-endpoints-";
    private const string RelayPrefix = "isthmus-relay-";

    public static ObjectId RelayId(ClusterName controlPlane, ClusterName cluster) => Id(controlPlane, $"{RelayPrefix}{cluster}");

    public static ObjectId ServiceId(ClusterName controlPlane, ServiceName service) => Id(controlPlane, $"{ServicePrefix}{service.Name}.{service.Namespace}");

    /// <summary>Whether an EnvoyFilter stands under one of our names.</summary>
    public static bool IsNamedLikeOurs(JsonObject filter) =>
        filter.Name().StartsWith(ServicePrefix, StringComparison.Ordinal) || filter.Name().StartsWith(RelayPrefix, StringComparison.Ordinal);

    public static bool IsOfRelay(JsonObject filter) => filter.Name().StartsWith(RelayPrefix, StringComparison.Ordinal);

    /// <summary>The relay as a cluster in the bootstrap of one cluster's proxies.</summary>
    /// <param name="id">Where it is written.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="cluster">The cluster that the relay and its proxies are in.</param>
    /// <param name="ofCluster">Null where the istiod serves no other cluster.</param>
    /// <param name="ca">The CA of the relay's certificate, in PEM.</param>
    public static DesiredObject Relay(ObjectId id, string mesh, MeshCluster cluster, ClusterName? ofCluster, string ca) => New(id, mesh, new JsonObject
    {
        ["applyTo"] = "BOOTSTRAP",
        ["match"] = new JsonObject { ["proxy"] = Proxy(ofCluster) },
        ["patch"] = new JsonObject
        {
            ["operation"] = "MERGE",
            ["value"] = new JsonObject { ["static_resources"] = new JsonObject { ["clusters"] = new JsonArray(Cluster(cluster, ca)) } },
        },
    });

    /// <summary>All of one service's clusters, of every port and subset, turned to us.</summary>
    public static DesiredObject Service(ObjectId id, string mesh, string host, IEnumerable<ClusterName?> ofClusters) => New(id, mesh,
    [
        // Not ANY: that would reach the inbound clusters too, which have no endpoints of this kind.
        .. ofClusters.SelectMany(_ => new[] { "SIDECAR_OUTBOUND", "GATEWAY" }, (cluster, context) => (JsonNode)new JsonObject
        {
            ["applyTo"] = "CLUSTER",
            ["match"] = new JsonObject { ["context"] = context, ["cluster"] = new JsonObject { ["service"] = host }, ["proxy"] = Proxy(cluster) },
            ["patch"] = new JsonObject { ["operation"] = "MERGE", ["value"] = new JsonObject { ["eds_cluster_config"] = new JsonObject { ["eds_config"] = Source() } } },
        }),
    ]);

    private static ObjectId Id(ClusterName controlPlane, string name) => new(controlPlane, ResourceKind.EnvoyFilter, SystemNamespaces.Istio, name);

    private static DesiredObject New(ObjectId id, string mesh, params JsonNode[] patches)
    {
        var filter = Ownership.NewObject(id, mesh);
        filter["spec"] = new JsonObject { ["configPatches"] = new JsonArray(patches) };
        return new DesiredObject(id, filter);
    }

    private static JsonObject Proxy(ClusterName? cluster)
    {
        var metadata = new JsonObject { [Metadata] = "true" };
        if (cluster is { } name)
            metadata["CLUSTER_ID"] = name.Value;
        return new JsonObject { ["metadata"] = metadata };
    }

    private static JsonObject Source() => new()
    {
        ["api_config_source"] = new JsonObject
        {
            ["api_type"] = "REST",
            ["transport_api_version"] = "V3",
            ["cluster_names"] = new JsonArray(RelayCluster),
            ["refresh_delay"] = "5s",
            ["request_timeout"] = "5s",
        },
        // istiod writes 0, without end: then no new pod would get ready while we are away, for the sake of one service.
        ["initial_fetch_timeout"] = "30s",
        ["resource_api_version"] = "V3",
    };

    private static JsonObject Cluster(MeshCluster cluster, string ca) => new()
    {
        ["name"] = RelayCluster,
        ["type"] = "STRICT_DNS",
        ["connect_timeout"] = "2s",
        ["dns_refresh_rate"] = "60s",
        ["load_assignment"] = new JsonObject
        {
            ["cluster_name"] = RelayCluster,
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["lb_endpoints"] = new JsonArray(new JsonObject
                {
                    ["endpoint"] = new JsonObject
                    {
                        ["address"] = new JsonObject
                        {
                            ["socket_address"] = new JsonObject { ["address"] = RelayService.Host(cluster.ClusterDomain), ["port_value"] = RelayService.Port },
                        },
                    },
                }),
            }),
        },
        ["transport_socket"] = new JsonObject
        {
            ["name"] = "envoy.transport_sockets.tls",
            ["typed_config"] = new JsonObject
            {
                ["@type"] = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                ["sni"] = RelayService.ServerName,
                ["common_tls_context"] = new JsonObject { ["validation_context"] = Validation(ca) },
            },
        },
    };

    private static JsonObject Validation(string ca) => new()
    {
        ["trusted_ca"] = new JsonObject { ["inline_string"] = ca },
        ["match_typed_subject_alt_names"] = new JsonArray(new JsonObject
        {
            ["san_type"] = "DNS",
            ["matcher"] = new JsonObject { ["exact"] = RelayService.ServerName },
        }),
    };
}
