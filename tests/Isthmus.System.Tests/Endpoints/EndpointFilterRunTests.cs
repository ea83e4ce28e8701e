using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>The EnvoyFilters in a run, with Istio's own definition of the kind where that is at hand.</summary>
public sealed class EndpointFilterRunTests
{
    private const string Filter = "isthmus-endpoints-reviews.shop";
    private static readonly ResourceKind Definition = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_marked_service_is_turned_to_us_and_back()
    {
        await using var mesh = await StartAsync();
        await mesh.RunAsync();
        var filter = await mesh.FindAsync("east", ResourceKind.EnvoyFilter, "istio-system", Filter);
        var source = filter?["spec"]?["configPatches"]?[0]?["patch"]?["value"]?["eds_cluster_config"]?["eds_config"]?["api_config_source"];
        Assert.Equal("""{"api_type":"REST","transport_api_version":"V3","cluster_names":["isthmus-relay"],"refresh_delay":"5s","request_timeout":"5s"}""", source?.ToJsonString());
        Assert.NotNull(await mesh.FindAsync("east", ResourceKind.EnvoyFilter, "istio-system", "isthmus-relay-east"));
        // What was pruned would be planned again and again.
        Assert.Empty((await mesh.PlanAsync()).Changes);

        var service = await mesh.FindAsync("east", ResourceKind.Service, "shop", "reviews") ?? [];
        service["metadata"]?.AsObject().Remove("annotations");
        await mesh.Api("east").ReplaceAsync(ResourceKind.Service, service, Cancel);
        await mesh.RunAsync();
        Assert.Null(await mesh.FindAsync("east", ResourceKind.EnvoyFilter, "istio-system", Filter));
    }

    [Fact]
    public async Task Somebody_elses_EnvoyFilter_is_left_alone()
    {
        await using var mesh = await StartAsync();
        await mesh.CreateAsync("east", ResourceKind.EnvoyFilter, $"{{metadata: {{name: {Filter}, namespace: istio-system}}, spec: {{configPatches: []}}}}");
        var report = await mesh.RunAsync();
        Assert.Contains(report.Skipped, entry => entry.Name == Filter);
        var filter = await mesh.FindAsync("east", ResourceKind.EnvoyFilter, "istio-system", Filter);
        Assert.Empty(Assert.IsType<JsonArray>(filter?["spec"]?["configPatches"]));
    }

    private static async Task<ServedMesh> StartAsync()
    {
        var mesh = await ServedMesh.StartAsync(["name: east, network: n1, webhook: {reach: relay}"]);
        if (Repository.Shared is { } shared)
        {
            var all = Yaml.ReadAll(await File.ReadAllTextAsync(Path.Combine(shared, "istio", "crds", "istio-1.26.0.yaml"), Cancel)).OfType<JsonObject>();
            var own = all.First(definition => definition.Name() == "envoyfilters.networking.istio.io");
            var live = await mesh.FindAsync("east", Definition, null, own.Name()) ?? [];
            live["spec"] = own["spec"]?.DeepClone();
            await mesh.Api("east").ReplaceAsync(Definition, live, Cancel);
        }

        await mesh.CreateAsync("east", ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.CreateAsync("east", ResourceKind.Service,
            "{metadata: {name: reviews, namespace: shop, annotations: {isthmus.dev/endpoints: isthmus}}, spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}}");
        // The relay's address and CA as a webhook has them. Not ours, so that no run takes it away.
        await mesh.CreateAsync("east", ResourceKind.MutatingWebhookConfiguration, $$"""
            metadata: {name: isthmus-injector}
            webhooks:
            - name: a.inject.isthmus.dev
              clientConfig: {service: {name: isthmus-relay, namespace: isthmus-system, path: /inject}, caBundle: {{Convert.ToBase64String(Encoding.UTF8.GetBytes("PEM"))}} }
              rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods], scope: "*"}]
              failurePolicy: Ignore
              sideEffects: None
              admissionReviewVersions: [v1]
            """);
        return mesh;
    }
}
