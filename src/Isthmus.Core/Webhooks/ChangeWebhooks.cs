using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Webhooks;

/// <summary>The ValidatingWebhookConfiguration by which API servers tell us of changes. It never refuses and is called seldom.</summary>
internal static class ChangeWebhooks
{
    private const string Name = "isthmus-changes";
    private const string Suffix = "changes.isthmus.dev";

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.ValidatingWebhookConfiguration, null, Name);

    public static DesiredObject Desired(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings)
    {
        var id = Id(cluster.Name);
        var webhooks = new JsonArray(Exports(cluster, settings));
        if (cluster.Gateway?.Service is { } gateway)
            webhooks.Add(GatewayService(cluster, settings, gateway));
        var configuration = Ownership.NewObject(id, mesh.Name);
        configuration["webhooks"] = webhooks;
        return new DesiredObject(id, configuration);
    }

    // The selector matches the old object too, so the label's removal and a deletion are told. EndpointSlices inherit their Service's labels.
    private static JsonObject Exports(MeshCluster cluster, WebhookSettings settings) => Webhook(
        "exports",
        cluster,
        settings,
        Selectors.Of(Selectors.OutsideTheSystem()),
        Selectors.Of(Selectors.Exists(FederationNames.ExportLabel)),
        Rule("", "v1", ["CREATE", "UPDATE", "DELETE"], "services"),
        Rule("discovery.k8s.io", "v1", ["CREATE", "UPDATE", "DELETE"], "endpointslices"));

    // No selector goes by an object's name, so all Services of the gateway's namespace come: few, and seldom changed.
    private static JsonObject GatewayService(MeshCluster cluster, WebhookSettings settings, ServiceName gateway) => Webhook(
        "gateway",
        cluster,
        settings,
        Selectors.Of([Selectors.In("kubernetes.io/metadata.name", gateway.Namespace), .. Selectors.OutsideTheSystem()]),
        Selectors.Of(Selectors.Missing(FederationNames.ExportLabel)),
        // A load balancer's address changes through the status alone.
        Rule("", "v1", ["CREATE", "UPDATE", "DELETE"], "services", "services/status"));

    private static JsonObject Webhook(
        string name, MeshCluster cluster, WebhookSettings settings, JsonObject namespaces, JsonObject objects, params JsonNode[] rules) => new()
        {
            ["name"] = $"{name}.{Suffix}",
            ["clientConfig"] = WebhookAddress.Changes(settings, cluster),
            ["rules"] = new JsonArray(rules),
            ["failurePolicy"] = "Ignore",
            ["matchPolicy"] = "Equivalent",
            ["namespaceSelector"] = namespaces,
            ["objectSelector"] = objects,
            // A dry run publishes nothing.
            ["sideEffects"] = "NoneOnDryRun",
            ["timeoutSeconds"] = 1,
            ["admissionReviewVersions"] = new JsonArray("v1"),
        };

    private static JsonObject Rule(string group, string version, string[] operations, params string[] resources) => new()
    {
        ["apiGroups"] = new JsonArray(group),
        ["apiVersions"] = new JsonArray(version),
        ["operations"] = new JsonArray([.. operations.Select(operation => (JsonNode)operation)]),
        ["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)resource)]),
        ["scope"] = "*",
    };
}
