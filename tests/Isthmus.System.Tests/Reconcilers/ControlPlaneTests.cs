using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Clusters;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class ControlPlaneTests
{
    private const string East = "name: east, network: n1, gateway: {addresses: [20.0.0.1]}";
    private const string West = "name: west, network: n2, controlPlane: east, gateway: {service: istio-system/gw}";
    private const string North = "name: north, network: n3, controlPlane: east, gateway: {addresses: [20.0.0.3]}";
    private static readonly ServiceName Reviews = new("shop", "reviews");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ranges_that_overlap_keep_out_their_cluster_and_no_other()
    {
        // The API servers of east and west hand out the same Services' addresses; north's nodes hold pods inside of east's.
        await using var mesh = await ServedMesh.StartAsync(
            ["name: east, network: n1, podCidrs: [10.10.0.0/16]", "name: west, network: n1, controlPlane: east, podCidrs: [10.11.0.0/16]",
                "name: north, network: n1, controlPlane: east", "name: south, network: n1, controlPlane: east, podCidrs: [10.13.0.0/16], serviceCidrs: [10.14.0.0/16]"],
            options: (name, options) => name == "north" ? options with { ServiceRange = IPNetwork.Parse("10.97.0.0/16") } : options);
        foreach (var cluster in new[] { "east", "west", "south" })
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.ServeAsync("west", "reviews");
        await mesh.ServeAsync("south", "ratings");
        await mesh.CreateAsync("north", ResourceKind.Node, "{metadata: {name: node-1}, spec: {podCIDR: 10.10.4.0/24, podCIDRs: [10.10.4.0/24]}}");
        var report = await mesh.RunAsync();
        Assert.Null(await mesh.KubeconfigAsync("east", "west"));
        Assert.Null(await mesh.KubeconfigAsync("east", "north"));
        Assert.NotNull(await mesh.KubeconfigAsync("east", "south"));
        var reasons = string.Join('\n', report.Skipped.Select(entry => $"{entry.Name}: {entry.Reason}"));
        Assert.Contains("istio-remote-secret-west: clusters east and west share network n1, but Services 10.96.0.0/16 of east overlap Services 10.96.0.0/16 of west", reasons, StringComparison.Ordinal);
        Assert.Contains("istio-remote-secret-north: clusters east and north share network n1, but pods 10.10.0.0/16 of east overlap pods 10.10.4.0/24 of north", reasons, StringComparison.Ordinal);
        // A name leads to what istiod reads, after an event as after a full run.
        await mesh.RunServiceAsync(Reviews);
        Assert.Null(await mesh.FindAsync("east", ResourceKind.Service, "shop", "reviews"));
        Assert.NotNull(await mesh.FindAsync("east", ResourceKind.Service, "shop", "ratings"));
        Assert.Null(await mesh.FindAsync("west", ResourceKind.Service, "shop", "ratings"));
    }

    [Fact]
    public async Task A_gateway_that_moves_is_followed_and_the_rest_of_the_file_stays_as_it_is()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West]);
        var before = await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", "istio");
        await mesh.RunAsync();
        await mesh.MoveGatewayAsync("west", "20.0.0.2");
        await mesh.RunAsync();
        Assert.Contains("address: 20.0.0.2", await mesh.MeshNetworksAsync("east"), StringComparison.Ordinal);
        await mesh.MoveGatewayAsync("west", "20.0.0.9");
        await mesh.RunAsync();
        var moved = await mesh.MeshNetworksAsync("east");
        Assert.Contains("address: 20.0.0.9", moved, StringComparison.Ordinal);
        Assert.DoesNotContain("20.0.0.2\n", moved, StringComparison.Ordinal);
        var after = await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", "istio");
        Assert.Equal(ObjectMetadata.TextOf(before?["data"]?["mesh"]), ObjectMetadata.TextOf(after?["data"]?["mesh"]));
        await mesh.WriteDocumentAsync(East, West + ", state: leaving");
        await mesh.RunAsync();
        Assert.Equal("networks: {}", await mesh.MeshNetworksAsync("east"));
    }

    [Fact]
    public async Task Somebody_who_edits_the_file_at_the_same_time_loses_nothing()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        await mesh.CreateAsync("west", ResourceKind.Namespace, "{metadata: {name: istio-system}}");
        await mesh.MoveGatewayAsync("west", "20.0.0.2");
        var edits = 0;
        var requests = new WatchedRequests
        {
            Before = async (cluster, request) =>
            {
                if (request.Method == HttpMethod.Put && request.RequestUri?.AbsolutePath.EndsWith("/configmaps/istio", StringComparison.Ordinal) == true && edits++ < 2)
                    await EditAsync(mesh, edits);
            },
        };
        await mesh.RunAsync(requests);
        Assert.True(edits > 2);
        var text = await mesh.MeshNetworksAsync("east");
        Assert.Contains("# edit 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# edit 2\n", text, StringComparison.Ordinal);
        var networks = Assert.IsType<JsonObject>(Yaml.Read(text)?["networks"]);
        Assert.Equal(["n1", "n2", "n3", "theirs-1", "theirs-2"], networks.Select(network => network.Key).Order());
    }

    [Fact]
    public async Task A_service_of_one_cluster_resolves_in_the_others_until_they_have_their_own()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        foreach (var cluster in new[] { "east", "west", "north" })
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.ServeAsync("west", "reviews");
        await mesh.RunAsync();
        foreach (var cluster in new[] { "east", "north" })
        {
            var mirror = await mesh.FindAsync(cluster, ResourceKind.Service, "shop", "reviews");
            Assert.Null(mirror?["spec"]?["selector"]);
            Assert.NotEqual("None", ObjectMetadata.TextOf(mirror?["spec"]?["clusterIP"]));
        }

        var quiet = new WatchedRequests();
        await mesh.RunAsync(quiet);
        Assert.DoesNotContain(quiet.Sent, request => request.Contains("/services", StringComparison.Ordinal) && !request.Contains(" GET ", StringComparison.Ordinal)
            && !request.Contains("dryRun", StringComparison.Ordinal));

        // A user takes the name in east, and the last word on it leaves west: north follows.
        var taken = await mesh.FindAsync("east", ResourceKind.Service, "shop", "reviews") ?? [];
        Assert.IsType<JsonObject>(taken["spec"])["selector"] = new JsonObject { ["app"] = "reviews" };
        await mesh.Api("east").ReplaceAsync(ResourceKind.Service, taken, Cancel);
        var old = await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews") ?? [];
        await mesh.Api("west").DeleteAsync(ResourceKind.Service, old, Cancel);
        await mesh.RunServiceAsync(Reviews);
        Assert.Null((await mesh.FindAsync("east", ResourceKind.Service, "shop", "reviews"))?.Label("isthmus.dev/mirror"));
        Assert.Equal("east", (await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews"))?.Annotation("isthmus.dev/mirror-of"));
        Assert.Equal("east", (await mesh.FindAsync("north", ResourceKind.Service, "shop", "reviews"))?.Annotation("isthmus.dev/mirror-of"));

        await mesh.WriteDocumentAsync(East, West, North + ", state: leaving");
        await mesh.RunAsync();
        Assert.Null(await mesh.FindAsync("north", ResourceKind.Service, "shop", "reviews"));
        Assert.NotNull(await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews"));
    }

    [Fact]
    public async Task A_gateway_that_could_loop_is_named_in_the_plan()
    {
        await using var mesh = await ServedMesh.StartAsync([East, North]);
        await mesh.CreateAsync("east", ResourceKind.Pod, "{metadata: {name: gw-1, namespace: istio-system, labels: {istio: eastwestgateway}}, spec: {containers: [{name: istio-proxy, image: proxy}]}}");
        var finding = Assert.Single((await mesh.PlanAsync()).Skipped, entry => entry.Kind == "Pod");
        Assert.Contains("ISTIO_META_REQUESTED_NETWORK_VIEW=n1", finding.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Ranges_are_taken_from_ServiceCIDR_objects_where_there_are_any(string version)
    {
        var definition = new ResourceKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);
        var serviceCidr = new ResourceKind("networking.k8s.io", version, "ServiceCIDR", "servicecidrs", false);
        await using var mesh = await ServedMesh.StartAsync(
            ["name: east, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: ['fd00:96::/108']", "name: west, network: n1, controlPlane: east, podCidrs: [10.2.0.0/16]"]);
        Assert.SkipWhen(TestClusters.AreReal, "Did not run: a real cluster has ServiceCIDRs, or none, of its own.");
        await mesh.CreateAsync("west", definition, $$"""
            metadata: {name: servicecidrs.networking.k8s.io, annotations: {api-approved.kubernetes.io: "https://example.com"} }
            spec:
              group: networking.k8s.io
              scope: Cluster
              names: {kind: ServiceCIDR, listKind: ServiceCIDRList, plural: servicecidrs, singular: servicecidr}
              versions: [{name: {{version}}, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} } }]
            """);
        await mesh.CreateAsync("west", serviceCidr, "{metadata: {name: kubernetes}, spec: {cidrs: [10.77.0.0/16, 'fd00:96::8:0/112']}}");

        var report = await mesh.RunAsync();

        Assert.Contains(report.Skipped, entry => entry.Reason?.Contains(
            "Services fd00:96::/108 of east overlap Services fd00:96::8:0/112 of west", StringComparison.Ordinal) == true);
        Assert.Null(await mesh.KubeconfigAsync("east", "west"));
    }

    [Fact]
    public async Task Ranges_of_a_cluster_that_is_read_already_come_before_those_of_one_that_would_join()
    {
        const string EastFlat = "name: east, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: [10.101.0.0/16]";
        const string WestFlat = "name: west, network: n1, controlPlane: east, podCidrs: [10.2.0.0/16], serviceCidrs: ['fd00:2::/112']";
        const string NorthFlat = "name: north, network: n1, controlPlane: east, podCidrs: ['fd00:3::/64'], serviceCidrs: ['fd00:2::8000/116']";
        await using var mesh = await ServedMesh.StartAsync([NorthFlat, EastFlat, WestFlat]);
        await mesh.WriteDocumentAsync(EastFlat, WestFlat);
        await mesh.RunAsync();
        // North stands first in the document, and yet it is the one that joins.
        await mesh.WriteDocumentAsync(NorthFlat, EastFlat, WestFlat);
        var report = await mesh.RunAsync();
        Assert.Null(await mesh.KubeconfigAsync("east", "north"));
        Assert.NotNull(await mesh.KubeconfigAsync("east", "west"));
        Assert.Contains(report.Skipped, entry => entry.Name == "istio-remote-secret-north" && entry.Reason?.Contains(
            "clusters north and west share network n1, but Services fd00:2::8000/116 of north overlap Services fd00:2::/112 of west", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_cluster_that_leaves_takes_all_of_its_own_along_and_leaves_the_others_as_they_are()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        foreach (var cluster in new[] { "east", "west", "north" })
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.CreateAsync("west", ResourceKind.Namespace, "{metadata: {name: istio-system}}");
        await mesh.MoveGatewayAsync("west", "20.0.0.2");
        await mesh.ServeAsync("west", "reviews");
        await mesh.ServeAsync("north", "ratings");
        await mesh.RunAsync();
        var north = await mesh.FindAsync("east", ResourceKind.Secret, "istio-system", "istio-remote-secret-north");
        using var istiod = ServedMesh.ClientOf("west", Assert.IsType<string>(await mesh.KubeconfigAsync("east", "west")));

        await mesh.WriteDocumentAsync(East, West + ", state: leaving", North);
        await mesh.RunAsync();

        Assert.Contains((await Assert.ThrowsAsync<ClusterApiException>(() => istiod.ListAsync(ResourceKind.Service, null, null, null, Cancel))).Status, ServedMesh.Refusals);
        Assert.Null(await mesh.KubeconfigAsync("east", "west"));
        Assert.Equal(["n1", "n3"], Assert.IsType<JsonObject>(Yaml.Read(await mesh.MeshNetworksAsync("east"))?["networks"]).Select(network => network.Key));
        // Its services go from the others, and theirs from it; its own stay.
        Assert.Null(await mesh.FindAsync("east", ResourceKind.Service, "shop", "reviews"));
        Assert.Null(await mesh.FindAsync("north", ResourceKind.Service, "shop", "reviews"));
        Assert.Null(await mesh.FindAsync("west", ResourceKind.Service, "shop", "ratings"));
        Assert.NotNull(await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews"));
        Assert.NotNull(await mesh.FindAsync("east", ResourceKind.Service, "shop", "ratings"));
        Assert.True(JsonNode.DeepEquals(north, await mesh.FindAsync("east", ResourceKind.Secret, "istio-system", "istio-remote-secret-north")));
        Assert.Null((await mesh.FindAsync("west", ResourceKind.Namespace, null, "istio-system"))?.Label("topology.istio.io/network"));
        Assert.NotEqual(false, (await mesh.FindAsync("west", ResourceKind.Namespace, null, "isthmus-system"))?.IsTerminating());
    }

    /// <summary>West gives up its istiod, by which it served north: east serves both from then on.</summary>
    [Fact]
    public async Task A_cluster_that_gives_up_its_istiod_keeps_nothing_that_nobody_reads_any_more()
    {
        const string WestAlone = "name: west, network: n2, gateway: {addresses: [20.0.0.2]}";
        await using var mesh = await ServedMesh.StartAsync([East, WestAlone, "name: north, network: n3, controlPlane: west, gateway: {addresses: [20.0.0.3]}"]);
        foreach (var cluster in new[] { "east", "west", "north" })
            await mesh.CreateAsync(cluster, ResourceKind.Namespace, "{metadata: {name: shop}}");
        await mesh.ServeAsync("east", "reviews", isExported: true);
        await mesh.ServeAsync("north", "ratings", isExported: true);
        await mesh.RunAsync();
        Assert.NotEmpty(await OursAsync(mesh, "west"));
        Assert.Contains("n3:", await mesh.MeshNetworksAsync("west"), StringComparison.Ordinal);

        await mesh.WriteDocumentAsync(East, WestAlone + ", controlPlane: east", North);
        await mesh.RunAsync();

        Assert.Empty(await OursAsync(mesh, "west"));
        Assert.Equal("networks: {}", await mesh.MeshNetworksAsync("west"));
        Assert.Null(await mesh.KubeconfigAsync("west", "north"));
        Assert.Equal(["n1", "n2", "n3"], Assert.IsType<JsonObject>(Yaml.Read(await mesh.MeshNetworksAsync("east"))?["networks"]).Select(network => network.Key));
        foreach (var cluster in new[] { "west", "north" })
        {
            using var istiod = ServedMesh.ClientOf(cluster, Assert.IsType<string>(await mesh.KubeconfigAsync("east", cluster)));
            await istiod.ListAsync(ResourceKind.Pod, null, null, null, Cancel);
        }

        Assert.Null(await mesh.FindAsync("north", ResourceKind.ServiceAccount, "isthmus-system", "istio-reader-west"));
        var idle = new WatchedRequests();
        await mesh.RunAsync(idle);
        Assert.DoesNotContain(idle.Sent, request => !request.Contains(" GET ", StringComparison.Ordinal) && !request.Contains("dryRun", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> OursAsync(ServedMesh mesh, string cluster)
    {
        var found = await Task.WhenAll(new[] { ResourceKind.ServiceEntry, ResourceKind.DestinationRule, ResourceKind.Gateway, ResourceKind.Secret }
            .Select(kind => mesh.Api(cluster).ListAsync(kind, null, "app.kubernetes.io/managed-by=isthmus", null, Cancel)));
        return [.. found.SelectMany(list => list).Select(live => live.Name())];
    }

    private static async Task EditAsync(ServedMesh mesh, int number)
    {
        var live = await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", "istio");
        var data = Assert.IsType<JsonObject>(live?["data"]);
        var text = ObjectMetadata.TextOf(data["meshNetworks"]) ?? "";
        data["meshNetworks"] = number == 1 ? "networks:\n  theirs-1: {} # edit 1\n" : text + "  theirs-2: {} # edit 2\n";
        await mesh.Api("east").ReplaceAsync(ResourceKind.ConfigMap, live ?? [], Cancel);
    }
}
