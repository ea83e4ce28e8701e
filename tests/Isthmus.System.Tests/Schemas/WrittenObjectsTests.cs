using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Endpoints;
using Isthmus.Core.Federation;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Federation;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Schemas;

/// <summary>
/// Every object of Istio's kinds that runs send is held against Istio's own definitions. The meshes here are made so that each shape of object
/// is written at least once; what was not sent at all fails the test too.
/// </summary>
public sealed class WrittenObjectsTests
{
    private static readonly string[] Ports =
    [
        "{name: http, port: 80}", "{name: http2-a, port: 81}", "{name: grpc, port: 82}", "{name: grpc-web, port: 83}", "{name: https, port: 84}", "{name: tls, port: 85}",
        "{name: tcp, port: 86}", "{name: mongo, port: 87}", "{name: mysql, port: 88}", "{name: redis, port: 89}", "{name: web, port: 90}", "{name: db, port: 3306}",
        "{name: a, port: 91, appProtocol: kubernetes.io/h2c}", "{name: b, port: 92, appProtocol: kubernetes.io/ws}", "{name: c, port: 93, appProtocol: kubernetes.io/wss}",
        "{name: d, port: 94, appProtocol: example.com/own}", "{name: e, port: 95, appProtocol: http_proxy}", "{name: dns, port: 53, protocol: UDP}", "{name: udp-x, port: 96}",
        $"{{name: {new string('n', 63)}, port: 97}}",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Between_control_planes_istios_definitions_accept_every_object_and_prune_nothing()
    {
        if (Schema() is not { } schema)
            return;
        var (sent, requests) = Record();
        await using var mesh = await EmbeddedMesh.StartAsync(Definitions(schema.Path));
        await mesh.WriteDocumentAsync(document => document.Replace("network: n-east,", "network: n-east, region: eu/eu-1,", StringComparison.Ordinal)
            .Replace("network: n-north,", "network: n-north, region: eu/eu-2, draining: true,", StringComparison.Ordinal)
            .Replace("network: n-west,", "network: n-west, region: us,", StringComparison.Ordinal)
            .Replace("[10.255.0.3]", "[10.255.0.3, \"2001:db8::3\"]", StringComparison.Ordinal));
        await ExportAsync(mesh, "west", "every-port", string.Join(", ", Ports));
        await ExportAsync(mesh, "west", "nameless", "{port: 8080}");
        foreach (var cluster in new[] { "east", "north", "west" })
        {
            await ExportAsync(mesh, cluster, "shared", Ports[0]);
            await ExportAsync(mesh, cluster, "failing-over", Ports[0], FederationNames.TrafficAnnotation, "failover");
            await ExportAsync(mesh, cluster, "passive", Ports[0], FederationNames.TrafficAnnotation, "active-passive");
        }

        await ExportAsync(mesh, "west", "withdrawn", Ports[0], FederationNames.OnLossAnnotation, "withdraw");
        await ExportAsync(mesh, "east", "conflict", Ports[0]);
        await ExportAsync(mesh, "north", "conflict", Ports[6]);
        await ReadyAsync(mesh, "east", "shared", 3);
        await ReadyAsync(mesh, "west", "shared", 1);
        await new EmbeddedStatefulSet(mesh, "west").ExportAsync("mysql-0", "mysql-1");

        var report = await mesh.Resync(requests).RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Empty(sent.SelectMany(obj => schema.Rules.Faults(obj).Select(fault => $"{obj["kind"]} {obj.Name()}: {fault}")));
        // What an API server pruned would be planned again and again.
        Assert.Empty((await mesh.Resync().PlanAsync(Cancel)).Changes);

        Assert.Equal(["DestinationRule", "Gateway", "ServiceEntry"], sent.Select(obj => ObjectMetadata.TextOf(obj["kind"])).Distinct().Order(StringComparer.Ordinal));
        var entries = sent.Where(obj => ObjectMetadata.TextOf(obj["kind"]) == "ServiceEntry").ToList();
        Assert.Equal(
            ["", "GRPC", "GRPC-WEB", "HTTP", "HTTP2", "HTTPS", "HTTP_PROXY", "MONGO", "MYSQL", "REDIS", "TCP", "TLS"],
            entries.SelectMany(entry => entry["spec"]?["ports"] as JsonArray ?? []).Select(port => ObjectMetadata.TextOf(port?["protocol"]) ?? "").Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(entries, entry => entry["spec"]?["workloadSelector"] is not null);
        Assert.Contains(entries, entry => entry["spec"]?["endpoints"]?[0]?["weight"] is not null);
        Assert.Contains(entries, entry => entry["spec"]?["endpoints"]?[0]?["locality"] is not null);
        Assert.Contains(entries, entry => entry.Name() == "mysql-0.mysql.shop.global");
        var rules = sent.Where(obj => ObjectMetadata.TextOf(obj["kind"]) == "DestinationRule").ToList();
        Assert.Contains(rules, rule => rule["spec"]?["subsets"] is not null);
        Assert.Contains(rules, rule => rule["spec"]?["trafficPolicy"]?["portLevelSettings"]?[0]?["loadBalancer"]?["localityLbSetting"]?["failover"] is not null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Under_one_control_plane_and_in_a_mixed_mesh_too(bool isMixed)
    {
        if (Schema() is not { } schema)
            return;
        var (sent, requests) = Record();
        string[] clusters =
        [
            "name: east, network: n1, gateway: {addresses: [20.0.0.1]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
            "name: north, network: n3, controlPlane: east, gateway: {addresses: [20.0.0.3]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
            "name: south, network: n4, gateway: {addresses: [20.0.0.4]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
        ];
        await using var mesh = await ServedMesh.StartAsync(isMixed ? clusters : clusters[..2]);
        foreach (var cluster in isMixed ? new[] { "east", "north", "south" } : ["east", "north"])
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.ServeAsync("north", "reviews", isExported: true);
        await mesh.ServeAsync("north", "ratings");
        if (isMixed)
            await mesh.ServeAsync("south", "orders", isExported: true);

        await mesh.RunAsync(requests);

        Assert.Empty(sent.SelectMany(obj => schema.Rules.Faults(obj).Select(fault => $"{obj["kind"]} {obj.Name()}: {fault}")));
        Assert.Contains(sent, obj => obj.Name() == (isMixed ? "isthmus-exports-shop" : "isthmus-cross-network"));
        Assert.Equal(isMixed, sent.Any(obj => obj["spec"]?["endpoints"]?[0]?["network"] is not null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EnvoyFilters_by_which_proxies_ask_us_for_endpoints_too(bool isShared)
    {
        if (Schema() is not { } schema)
            return;
        var west = isShared ? "\n  - {name: west, network: n2, controlPlane: east, access: {kubeconfig: k}, webhook: {reach: relay}}" : "";
        var mesh = FederationWorld.Parse("""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
              clusters:
              - {name: east, network: n1, access: {kubeconfig: k}, webhook: {reach: relay}}
            """ + west);
        var view = new EndpointFilterView
        {
            Marked = [JsonNode.Parse("""{"metadata":{"name":"reviews","namespace":"shop","annotations":{"isthmus.dev/endpoints":"isthmus"}},"spec":{"ports":[{"port":80}]}}""") as JsonObject ?? []],
            Webhook = JsonNode.Parse("""{"webhooks":[{"clientConfig":{"service":{"name":"isthmus-relay"},"caBundle":"UEVN"}}]}""") as JsonObject,
        };
        var plan = EndpointFilterPlanner.Plan(mesh, new EndpointFilterSnapshot(mesh.Clusters.ToDictionary(cluster => cluster.Name, _ => view)));

        var filters = plan.Actions.OfType<PlannedAction.Create>().Select(create => create.Content).ToList();
        Assert.Equal(isShared ? 3 : 2, filters.Count);
        Assert.Empty(filters.SelectMany(filter => schema.Rules.Faults(filter).Select(fault => $"{filter.Name()}: {fault}")));
    }

    [Theory]
    [InlineData("""{"ports":[{"number":80,"name":"a"},{"number":80,"name":"b"}],"hosts":["a.b"]}""", "l1.number == l2.number")]
    [InlineData("""{"hosts":["a.b"],"resolution":"NONE","endpoints":[{"address":"1.1.1.1"}]}""", "!has(self.endpoints)")]
    [InlineData("""{"hosts":["*"]}""", "self != \"*\"")]
    [InlineData("""{"hosts":["a.b"],"endpoint":[]}""", "is pruned")]
    [InlineData("""{"hosts":["a.b"],"resolution":"SOMEHOW"}""", "Unsupported value")]
    public void The_definitions_are_applied_in_earnest(string spec, string fault)
    {
        if (Schema() is not { } schema)
            return;
        var entry = new JsonObject { ["apiVersion"] = ResourceKind.ServiceEntry.ApiVersion, ["kind"] = "ServiceEntry", ["metadata"] = new JsonObject { ["name"] = "a" }, ["spec"] = JsonNode.Parse(spec) };
        Assert.Contains(schema.Rules.Faults(entry), found => found.Contains(fault, StringComparison.Ordinal));
    }

    private static (IstioSchema Rules, string Path)? Schema()
    {
        if (IstioSchema.SharedPath is { } path)
            return (new IstioSchema(path), path);
        Assert.Skip("the shared folder with Istio's definitions is not beside the checkout");
        return null;
    }

    private static List<JsonObject> Definitions(string path) =>
        [.. Yaml.ReadAll(File.ReadAllText(path)).OfType<JsonObject>().Where(definition => ObjectMetadata.TextOf(definition["spec"]?["group"]) == "networking.istio.io")];

    /// <summary>What is sent to Istio's kinds, as it goes over the wire.</summary>
    private static (ConcurrentQueue<JsonObject> Sent, WatchedRequests Requests) Record()
    {
        var sent = new ConcurrentQueue<JsonObject>();
        return (sent, new WatchedRequests
        {
            Before = async (_, request) =>
            {
                if (request.Content is not { } content || request.RequestUri?.AbsolutePath.Contains("istio.io/", StringComparison.Ordinal) != true)
                    return;
                await content.LoadIntoBufferAsync(Cancel);
                if (JsonNode.Parse(await content.ReadAsStringAsync(Cancel)) is JsonObject obj && obj["spec"] is not null)
                    sent.Enqueue(obj);
            },
        });
    }

    private static Task<JsonObject> ExportAsync(EmbeddedMesh mesh, string cluster, string name, string ports, string? annotation = null, string? value = null)
    {
        var service = Yaml.Read($"{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop, labels: {{isthmus.dev/export: \"true\"}}}}, spec: {{selector: {{app: {name}}}, ports: [{ports}]}}}}") as JsonObject ?? [];
        if (annotation is not null && service["metadata"] is JsonObject metadata)
            metadata["annotations"] = new JsonObject { [annotation] = value };
        return mesh.CreateAsync(cluster, service);
    }

    private static async Task ReadyAsync(EmbeddedMesh mesh, string cluster, string service, int count)
    {
        var endpoints = Enumerable.Range(1, count).Select(number => $"{{addresses: [10.1.0.{number}], conditions: {{ready: true}}}}");
        var slice = Yaml.Read($"{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: {service}-x, namespace: shop, labels: {{kubernetes.io/service-name: {service}}}}}, addressType: IPv4, endpoints: [{string.Join(", ", endpoints)}]}}");
        await (await mesh.ApiAsync(cluster)).CreateAsync(ResourceKind.EndpointSlice, slice as JsonObject ?? [], Cancel);
    }
}
