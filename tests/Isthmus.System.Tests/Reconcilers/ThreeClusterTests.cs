using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>East, north and west with a control plane each: what one of them does, and what the two others see of it.</summary>
public sealed class ThreeClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_to_names_who_imports_and_a_change_of_it_is_followed()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await ExportToAsync(mesh, "east");
        await RunAsync(mesh);
        Assert.Equal("east west", await ImportersAsync(mesh));

        await ExportToAsync(mesh, "north");
        await RunAsync(mesh);
        Assert.Equal("north west", await ImportersAsync(mesh));

        await ExportToAsync(mesh, null);
        await RunAsync(mesh);
        Assert.Equal("east north west", await ImportersAsync(mesh));

        await ExportToAsync(mesh, "nowhere");
        var report = await RunAsync(mesh);
        Assert.Equal("west", await ImportersAsync(mesh));
        Assert.Contains(report.Skipped, entry => entry.Reason?.Contains("names no cluster of the mesh: nowhere", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_one_exporter_keeps_to_some_another_one_may_offer_to_all()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await ExportToAsync(mesh, "east");
        await mesh.ExportAsync("north");
        await RunAsync(mesh);
        Assert.Equal(["10.255.0.2", "10.255.0.3"], await AddressesAsync(mesh, "east"));
        // North sees its own export alone, and nothing of what west keeps from it.
        Assert.Equal(["reviews.shop.svc.cluster.local"], await AddressesAsync(mesh, "north"));
        Assert.DoesNotContain("10.255.0.3", (await mesh.EntryAsync("north"))?.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_with_the_same_pod_and_service_ranges_reach_each_other_by_global_names()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.WriteDocumentAsync(document => document.Replace("access:", "podCidrs: [10.244.0.0/16], serviceCidrs: [10.96.0.0/16], access:", StringComparison.Ordinal));
        foreach (var cluster in new[] { "north", "west" })
        {
            await mesh.ExportAsync(cluster);
            await mesh.CreateAsync(cluster, Slice());
        }

        var report = await mesh.Resync().RunAsync(Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Empty(report.Skipped);
        Assert.Equal(["10.255.0.2", "10.255.0.3"], await AddressesAsync(mesh, "east"));
        Assert.Equal(["10.255.0.3", "reviews.shop.svc.cluster.local"], await AddressesAsync(mesh, "north"));
        Assert.Equal(["10.255.0.2", "reviews.shop.svc.cluster.local"], await AddressesAsync(mesh, "west"));
        var addresses = new List<string?>();
        foreach (var cluster in new[] { "east", "north", "west" })
            addresses.Add(ObjectMetadata.TextOf((await mesh.EntryAsync(cluster))?["spec"]?["addresses"]?[0]));
        Assert.StartsWith("24", Assert.Single(addresses.Distinct()), StringComparison.Ordinal);
        // An address that stands for two pods, or two Services, is written nowhere.
        var state = await mesh.StateAsync();
        Assert.DoesNotContain("10.244.", state, StringComparison.Ordinal);
        Assert.DoesNotContain("10.96.", state, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identities_stand_under_the_trust_domain_of_an_istiod_that_has_a_revision_only()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        var west = await mesh.ApiAsync("west");
        await west.CreateAsync(ResourceKind.Deployment, JsonNode.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"istiod-1-27","namespace":"istio-system","labels":{"app":"istiod","istio.io/rev":"1-27"}},
             "spec":{"selector":{"matchLabels":{"app":"istiod"}},"template":{"metadata":{"labels":{"app":"istiod"}},"spec":{"containers":[{"name":"discovery","image":"pilot"}]}}}}
            """) as JsonObject ?? [], Cancel);
        await mesh.CreateAsync("west", JsonNode.Parse("""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"istio-1-27","namespace":"istio-system"},"data":{"mesh":"trustDomain: west.example\n"}}
            """) as JsonObject ?? []);
        await mesh.ExportAsync("west");
        await RunAsync(mesh);
        var rule = await mesh.FindAsync("east", ResourceKind.DestinationRule, "isthmus-system", EmbeddedMesh.Host);
        Assert.Equal(
            """["spiffe://west.example/ns/shop/sa/default"]""",
            rule?["spec"]?["trafficPolicy"]?["portLevelSettings"]?[0]?["tls"]?["subjectAltNames"]?.ToJsonString());
    }

    private static async Task<RunReport> RunAsync(EmbeddedMesh mesh)
    {
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        return report;
    }

    private static Task ExportToAsync(EmbeddedMesh mesh, string? clusters) => mesh.ChangeServiceAsync("west", "reviews", service =>
    {
        var metadata = Assert.IsType<JsonObject>(service["metadata"]);
        var annotations = metadata["annotations"] as JsonObject ?? [];
        if (annotations.Parent is null)
            metadata["annotations"] = annotations;
        if (clusters is null)
            annotations.Remove(FederationNames.ExportToAnnotation);
        else
            annotations[FederationNames.ExportToAnnotation] = clusters;
    });

    /// <summary>The clusters that hold all of the name: entry, rule and record.</summary>
    private static async Task<string> ImportersAsync(EmbeddedMesh mesh)
    {
        var importers = new List<string>();
        foreach (var cluster in new[] { "east", "north", "west" })
        {
            bool[] parts =
            [
                await mesh.EntryAsync(cluster) is not null,
                await mesh.FindAsync(cluster, ResourceKind.DestinationRule, "isthmus-system", EmbeddedMesh.Host) is not null,
                (await mesh.StateOfDnsAsync(cluster)).Contains(EmbeddedMesh.Host, StringComparison.Ordinal),
            ];
            Assert.Single(parts.Distinct());
            if (parts[0])
                importers.Add(cluster);
        }

        return string.Join(' ', importers);
    }

    private static async Task<IEnumerable<string?>> AddressesAsync(EmbeddedMesh mesh, string cluster) =>
        Assert.IsType<JsonArray>((await mesh.EntryAsync(cluster))?["spec"]?["endpoints"]).Select(endpoint => ObjectMetadata.TextOf(endpoint?["address"])).Order(StringComparer.Ordinal);

    private static JsonObject Slice() => JsonNode.Parse("""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"reviews-x","namespace":"shop","labels":{"kubernetes.io/service-name":"reviews"}},
         "addressType":"IPv4","endpoints":[{"addresses":["10.244.0.7"],"conditions":{"ready":true}}]}
        """) as JsonObject ?? [];
}
