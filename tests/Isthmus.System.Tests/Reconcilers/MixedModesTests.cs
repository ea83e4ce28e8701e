using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>
/// East and west under one control plane on one network (mode 2), north under it on another (mode 3), south with its own (mode 1). West and
/// north have no Istio definitions, so that anything of Istio's that were written there would fail the run.
/// </summary>
public sealed class MixedModesTests
{
    private static readonly string[] Entries =
    [
        "name: east, network: n1, dns: coredns, gateway: {addresses: [20.0.0.1]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
        "name: west, network: n1, dns: coredns, controlPlane: east, gateway: {addresses: [20.0.0.2]}, podCidrs: [10.2.0.0/16], serviceCidrs: [10.102.0.0/16]",
        "name: north, network: n3, dns: coredns, controlPlane: east, gateway: {addresses: [20.0.0.3]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
        "name: south, network: n4, dns: coredns, gateway: {addresses: [20.0.0.4]}, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]",
    ];

    private static readonly string[] All = ["east", "west", "north", "south"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_pair_behaves_as_its_row_in_the_design()
    {
        await using var mesh = await StartAsync();
        await mesh.ServeAsync("west", "reviews", isExported: true);
        await mesh.ServeAsync("north", "reviews", isExported: true);
        await mesh.ServeAsync("north", "ratings");
        await mesh.ServeAsync("south", "orders", isExported: true);
        await mesh.RunAsync();

        await EastHoldsAsync(mesh);
        await ServedClustersHoldAsync(mesh);
        await SouthHoldsAsync(mesh);
        foreach (var cluster in All)
        {
            var corefile = ObjectMetadata.TextOf((await mesh.FindAsync(cluster, ResourceKind.ConfigMap, "kube-system", "coredns"))?["data"]?["Corefile"]) ?? "";
            Assert.Contains("reviews.shop.global", corefile, StringComparison.Ordinal);
            Assert.Contains("orders.shop.global", corefile, StringComparison.Ordinal);
            Assert.NotNull(await mesh.FindAsync(cluster, ResourceKind.MutatingWebhookConfiguration, null, "isthmus-injector"));
        }

        var second = new WatchedRequests();
        await mesh.RunAsync(second);
        Assert.DoesNotContain(second.Sent, request => !request.Contains(" GET ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_exported_later_is_never_listed_twice()
    {
        await using var mesh = await StartAsync();
        await mesh.ServeAsync("north", "ratings");
        await mesh.RunAsync();
        var service = await mesh.FindAsync("north", ResourceKind.Service, "shop", "ratings") ?? [];
        Assert.IsType<JsonObject>(service["metadata"])["labels"] = new JsonObject { ["isthmus.dev/export"] = "true" };
        await mesh.Api("north").ReplaceAsync(ResourceKind.Service, service, Cancel);
        Assert.True((await mesh.RunServiceAsync(new ServiceName("shop", "ratings"))).Succeeded);
        Assert.Equal(["ratings.shop.svc.cluster.local"], await HostsAsync(mesh, "east"));
    }

    [Fact]
    public async Task When_every_served_cluster_leaves_nothing_of_ours_is_left_of_them()
    {
        await using var mesh = await StartAsync();
        await mesh.ServeAsync("north", "ratings");
        await mesh.RunAsync();
        await mesh.WriteDocumentAsync([Entries[0], Entries[1] + ", state: leaving", Entries[2] + ", state: leaving", Entries[3]]);
        await mesh.RunAsync();
        Assert.Equal("networks: {}", await mesh.MeshNetworksAsync("east"));
        Assert.Empty(await mesh.Api("east").ListAsync(ResourceKind.Secret, "istio-system", "istio/multiCluster=true", null, Cancel));
        foreach (var cluster in new[] { "east", "west", "north" })
        {
            Assert.Null((await mesh.FindAsync(cluster, ResourceKind.Namespace, null, "istio-system"))?.Label("topology.istio.io/network"));
            Assert.Empty(await mesh.Api(cluster).ListAsync(ResourceKind.Service, null, "app.kubernetes.io/managed-by=isthmus", null, Cancel));
        }

        foreach (var cluster in new[] { "west", "north" })
        {
            foreach (var kind in new[] { ResourceKind.ServiceAccount, ResourceKind.ClusterRole, ResourceKind.ClusterRoleBinding, ResourceKind.MutatingWebhookConfiguration })
                Assert.Empty(await mesh.Api(cluster).ListAsync(kind, null, "app.kubernetes.io/managed-by=isthmus", null, Cancel));
        }
    }

    private static async Task EastHoldsAsync(ServedMesh mesh)
    {
        foreach (var cluster in new[] { "west", "north" })
        {
            using var istiod = ServedMesh.ClientOf(cluster, Assert.IsType<string>(await mesh.KubeconfigAsync("east", cluster)));
            await istiod.ListAsync(ResourceKind.Pod, null, null, null, Cancel);
        }

        var networks = Assert.IsType<JsonObject>(Yaml.Read(await mesh.MeshNetworksAsync("east"))?["networks"]);
        Assert.Equal(["n1", "n3"], networks.Select(network => network.Key));
        Assert.Equal("""[{"fromRegistry":"east"},{"fromRegistry":"west"}]""", networks["n1"]?["endpoints"]?.ToJsonString());
        Assert.Equal("""[{"address":"20.0.0.1","port":15443},{"address":"20.0.0.2","port":15443}]""", networks["n1"]?["gateways"]?.ToJsonString());
        // Both what is exported and what the other network needs, each once, and no wildcard.
        Assert.Equal(["ratings.shop.svc.cluster.local", "reviews.shop.svc.cluster.local"], await HostsAsync(mesh, "east"));
        var orders = await mesh.FindAsync("east", ResourceKind.ServiceEntry, "isthmus-system", "orders.shop.global");
        var endpoint = Assert.IsType<JsonObject>(Assert.Single(Assert.IsType<JsonArray>(orders?["spec"]?["endpoints"])));
        Assert.Equal("20.0.0.4", ObjectMetadata.TextOf(endpoint["address"]));
        Assert.Equal("n4", ObjectMetadata.TextOf(endpoint["network"]));
        await NetworkIsAsync(mesh, "east", "n1");
        await MirrorsAreAsync(mesh, "east", "ratings", "reviews");
    }

    private static async Task ServedClustersHoldAsync(ServedMesh mesh)
    {
        await NetworkIsAsync(mesh, "west", "n1");
        await NetworkIsAsync(mesh, "north", "n3");
        await MirrorsAreAsync(mesh, "west", "ratings");
        await MirrorsAreAsync(mesh, "north");
        foreach (var cluster in new[] { "west", "north" })
        {
            Assert.Empty(await mesh.Api(cluster).ListAsync(ResourceKind.Secret, "istio-system", null, null, Cancel));
            Assert.Null(await mesh.FindAsync(cluster, ResourceKind.ConfigMap, "istio-system", "istio"));
            Assert.NotNull(await mesh.FindAsync(cluster, ResourceKind.ServiceAccount, "isthmus-system", "istio-reader-east"));
        }
    }

    private static async Task SouthHoldsAsync(ServedMesh mesh)
    {
        var reviews = await mesh.FindAsync("south", ResourceKind.ServiceEntry, "isthmus-system", "reviews.shop.global");
        var endpoints = Assert.IsType<JsonArray>(reviews?["spec"]?["endpoints"]).OfType<JsonObject>().ToList();
        Assert.Equal(["20.0.0.2", "20.0.0.3"], endpoints.Select(endpoint => ObjectMetadata.TextOf(endpoint["address"])));
        Assert.All(endpoints, endpoint => Assert.Null(endpoint["network"]));
        Assert.Equal(["orders.shop.svc.cluster.local"], await HostsAsync(mesh, "south"));
        Assert.Equal("networks: {}", await mesh.MeshNetworksAsync("south"));
        Assert.Empty(await mesh.Api("south").ListAsync(ResourceKind.Secret, "istio-system", "istio/multiCluster=true", null, Cancel));
        await NetworkIsAsync(mesh, "south", null);
        await MirrorsAreAsync(mesh, "south");
        Assert.Null(await mesh.FindAsync("south", ResourceKind.ServiceAccount, "isthmus-system", ReaderAccount.Account(new ClusterName("south"), new ClusterName("east")).Name));
    }

    private static async Task<ServedMesh> StartAsync()
    {
        var mesh = await ServedMesh.StartAsync(Entries);
        foreach (var cluster in All)
        {
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
            await mesh.CreateAsync(cluster, ResourceKind.ConfigMap, "{metadata: {name: coredns, namespace: kube-system}, data: {Corefile: \".:53 {\\n}\\n\"}}");
        }

        return mesh;
    }

    private static async Task<IEnumerable<string?>> HostsAsync(ServedMesh mesh, string cluster) =>
        (await mesh.Api(cluster).ListAsync(ResourceKind.Gateway, "isthmus-system", null, null, Cancel))
            .SelectMany(gateway => gateway["spec"]?["servers"] as JsonArray ?? []).SelectMany(server => server?["hosts"] as JsonArray ?? [])
            .Select(ObjectMetadata.TextOf).Order(StringComparer.Ordinal);

    private static async Task NetworkIsAsync(ServedMesh mesh, string cluster, string? network) =>
        Assert.Equal(network, (await mesh.FindAsync(cluster, ResourceKind.Namespace, null, "istio-system"))?.Label("topology.istio.io/network"));

    private static async Task MirrorsAreAsync(ServedMesh mesh, string cluster, params string[] names) => Assert.Equal(
        names,
        (await mesh.Api(cluster).ListAsync(ResourceKind.Service, "shop", "isthmus.dev/mirror", null, Cancel)).Select(mirror => mirror.Name()).Order(StringComparer.Ordinal));
}
