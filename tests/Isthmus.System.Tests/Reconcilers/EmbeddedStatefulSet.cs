using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>A headless Service of an embedded cluster, its pods and its EndpointSlice, which no controller makes there.</summary>
internal sealed class EmbeddedStatefulSet(EmbeddedMesh mesh, string cluster)
{
    public const string Host = "mysql.shop.global";
    public static readonly ServiceName Mysql = new("shop", "mysql");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task ExportAsync(params string[] pods)
    {
        await CreateAsync(ResourceKind.Service, """
            apiVersion: v1
            kind: Service
            metadata: {name: mysql, namespace: shop, labels: {isthmus.dev/export: "true"}}
            spec: {clusterIP: None, selector: {app: mysql}, ports: [{name: tcp-mysql, port: 3306}]}
            """);
        await CreateAsync(ResourceKind.EndpointSlice, """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: mysql-x, namespace: shop, labels: {kubernetes.io/service-name: mysql, isthmus.dev/export: "true"}}
            addressType: IPv4
            endpoints: []
            """);
        foreach (var pod in pods)
        {
            await CreateAsync(ResourceKind.Pod, $$"""
                apiVersion: v1
                kind: Pod
                metadata: {name: {{pod}}, namespace: shop, labels: {app: mysql, statefulset.kubernetes.io/pod-name: {{pod}}} }
                spec: {serviceAccountName: mysql, containers: [{name: mysql, image: mysql}]}
                """);
        }

        await ReadyAsync(pods);
    }

    /// <summary>From now on these pods are ready and no others.</summary>
    public Task ReadyAsync(params string[] pods) => ChangeAsync(ResourceKind.EndpointSlice, "mysql-x", slice => slice["endpoints"] = new JsonArray([.. pods.Select((pod, index) => (JsonNode)new JsonObject
    {
        ["addresses"] = new JsonArray($"10.1.0.{index + 1}"),
        ["hostname"] = pod,
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod, ["namespace"] = "shop" },
        ["conditions"] = new JsonObject { ["ready"] = true },
    })]));

    public Task LabelAsync(bool isExported) => ChangeAsync(ResourceKind.Service, "mysql", service =>
    {
        if (service["metadata"] is JsonObject metadata)
            metadata["labels"] = isExported ? new JsonObject { ["isthmus.dev/export"] = "true" } : [];
    });

    private async Task CreateAsync(ResourceKind kind, string yaml) =>
        await (await mesh.ApiAsync(cluster)).CreateAsync(kind, Yaml.Read(yaml) as JsonObject ?? [], Cancel);

    private async Task ChangeAsync(ResourceKind kind, string name, Action<JsonObject> change)
    {
        var api = await mesh.ApiAsync(cluster);
        while (true)
        {
            var live = await api.GetAsync(kind, "shop", name, Cancel);
            Assert.NotNull(live);
            change(live);
            try
            {
                await api.ReplaceAsync(kind, live, Cancel);
                return;
            }
            catch (ClusterApiException conflict) when (conflict.IsConflict)
            {
                continue;
            }
        }
    }
}
