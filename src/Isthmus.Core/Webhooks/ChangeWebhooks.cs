using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Webhooks;

/// <summary>The ValidatingWebhookConfiguration by which API servers tell us of changes. It never refuses and is called seldom.</summary>
internal static class ChangeWebhooks
{
    public const int TimeoutSeconds = 1;

    private const string Name = "isthmus-changes";
    private const string Suffix = "changes.isthmus.dev";

    public static ObjectId Id(ClusterName cluster) => new(cluster, ResourceKind.ValidatingWebhookConfiguration, null, Name);

    public static DesiredObject Desired(MeshDocument mesh, MeshCluster cluster, WebhookSettings settings)
    {
        var id = Id(cluster.Name);
        var webhooks = new JsonArray(Labelled(cluster, settings), Declared(cluster, settings), ServiceExports(cluster, settings));
        if (!cluster.MayExport.IsEmpty)
            webhooks.Add(NewServices(cluster, settings));
        if (cluster.Gateway?.Service is { } gateway)
            webhooks.Add(GatewayService(cluster, settings, gateway));
        var configuration = Ownership.NewObject(id, mesh.Name);
        configuration["webhooks"] = webhooks;
        return new DesiredObject(id, configuration);
    }

    // The selector matches the old object too, so the label's removal and a deletion are told. EndpointSlices inherit their Service's labels.
    private static JsonObject Labelled(MeshCluster cluster, WebhookSettings settings) =>
        Exports("exports", cluster, settings, Selectors.Exists(FederationNames.ExportLabel));

    // A selector cannot say "this key or that": what a ServiceExport exports carries the label's twin, and a webhook of its own.
    private static JsonObject Declared(MeshCluster cluster, WebhookSettings settings) =>
        Exports("exported", cluster, settings, Selectors.Exists(FederationNames.ExportedLabel), Selectors.Missing(FederationNames.ExportLabel));

    private static JsonObject Exports(string name, MeshCluster cluster, WebhookSettings settings, params IEnumerable<JsonObject> labels) => Webhook(
        name,
        cluster,
        settings,
        Selectors.Of(Selectors.OutsideTheSystem()),
        Selectors.Of(labels),
        [
            Rule("", ["v1"], ["CREATE", "UPDATE", "DELETE"], "services"),
            // The slice controller has few workers, and a slow webhook holds up all Services of the cluster: it can be spared that.
            .. cluster.SlicesNotify ? [Rule("discovery.k8s.io", ["v1"], ["CREATE", "UPDATE", "DELETE"], "endpointslices")] : Array.Empty<JsonNode>(),
        ]);

    // Without the status, which is what we write.
    private static JsonObject ServiceExports(MeshCluster cluster, WebhookSettings settings) => Webhook(
        "serviceexports",
        cluster,
        settings,
        Selectors.Of(Selectors.OutsideTheSystem()),
        [],
        Rule(ResourceKind.ServiceExport.Group, [.. FederationNames.ServiceExportVersions], ["CREATE", "UPDATE", "DELETE"], ResourceKind.ServiceExport.Plural));

    // A Service may come after the ServiceExport that names it, and carries no mark then. Services are seldom created.
    private static JsonObject NewServices(MeshCluster cluster, WebhookSettings settings) => Webhook(
        "services",
        cluster,
        settings,
        Selectors.Of([.. ExportingNamespaces(cluster), .. Selectors.OutsideTheSystem()]),
        Selectors.Of(Selectors.Missing(FederationNames.ExportLabel), Selectors.Missing(FederationNames.ExportedLabel)),
        Rule("", ["v1"], ["CREATE"], "services"));

    private static IEnumerable<JsonObject> ExportingNamespaces(MeshCluster cluster) =>
        cluster.MayExport.Contains("*") ? [] : [Selectors.In("kubernetes.io/metadata.name", [.. cluster.MayExport])];

    // No selector goes by an object's name, so all Services of the gateway's namespace come: few, and seldom changed.
    private static JsonObject GatewayService(MeshCluster cluster, WebhookSettings settings, ServiceName gateway) => Webhook(
        "gateway",
        cluster,
        settings,
        Selectors.Of([Selectors.In("kubernetes.io/metadata.name", gateway.Namespace), .. Selectors.OutsideTheSystem()]),
        Selectors.Of(Selectors.Missing(FederationNames.ExportLabel)),
        // A load balancer's address changes through the status alone.
        Rule("", ["v1"], ["CREATE", "UPDATE", "DELETE"], "services", "services/status"));

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
            ["timeoutSeconds"] = TimeoutSeconds,
            ["admissionReviewVersions"] = new JsonArray("v1"),
        };

    private static JsonObject Rule(string group, string[] versions, string[] operations, params string[] resources) => new()
    {
        ["apiGroups"] = new JsonArray(group),
        ["apiVersions"] = new JsonArray([.. versions.Select(version => (JsonNode)version)]),
        ["operations"] = new JsonArray([.. operations.Select(operation => (JsonNode)operation)]),
        ["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)resource)]),
        ["scope"] = "*",
    };
}
