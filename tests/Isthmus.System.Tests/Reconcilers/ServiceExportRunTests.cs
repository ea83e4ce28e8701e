using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class ServiceExportRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1beta1", "v1beta1", "v1alpha1")]
    [InlineData("v1alpha1", "v1alpha1")]
    public async Task A_ServiceExport_is_followed_from_its_creation_to_its_end(string version, params string[] served)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio(served));
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var before = await mesh.StateAsync();
        await ServiceAsync(mesh, "west");
        await DeclareAsync(mesh, "west", version);
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.NotNull(await mesh.EntryAsync("east"));
        Assert.Equal("Valid True Valid, Ready True Exported, Conflict False NoConflicts", Conditions(await FindAsync(mesh, "west", version)));
        Assert.Equal("true", (await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews"))?.Label(FederationNames.ExportedLabel));
        var second = new WatchedRequests();
        await mesh.Services(second).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await mesh.Resync().RunAsync(Cancel);
        await mesh.Resync(second).RunAsync(Cancel);
        Assert.Equal(0, second.Writes);
        await DeleteAsync(mesh, "west", version);
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(before, await mesh.StateAsync());
        Assert.Null((await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews"))?.Label(FederationNames.ExportedLabel));
    }

    [Fact]
    public async Task A_full_run_finds_new_ServiceExports_and_the_Service_that_one_waited_for()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        await DeclareAsync(mesh, "west", "v1beta1");
        await mesh.Resync().RunAsync(Cancel);
        Assert.Equal("Valid False NoService, Ready False Pending, Conflict False NoConflicts", Conditions(await FindAsync(mesh, "west", "v1beta1")));
        await ServiceAsync(mesh, "west");
        await mesh.Resync().RunAsync(Cancel);
        Assert.NotNull(await mesh.EntryAsync("east"));
        Assert.StartsWith("Valid True Valid, Ready True", Conditions(await FindAsync(mesh, "west", "v1beta1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_for_a_ServiceExport_that_its_event_has_overtaken()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        await ServiceAsync(mesh, "west");
        var looks = 0;
        var requests = new WatchedRequests
        {
            // The write lands only after the run has looked twice.
            Before = async (cluster, request) =>
            {
                if (cluster.Value == "west" && request.RequestUri?.AbsolutePath.EndsWith("/serviceexports/reviews", StringComparison.Ordinal) == true && ++looks == 3)
                    await DeclareAsync(mesh, "west", "v1beta1");
            },
        };
        var write = new ExpectedWrite(new ClusterName("west"), "CREATE", null, null) { Kind = "ServiceExport" };
        await mesh.Services(requests).RunAsync(EmbeddedMesh.Reviews, write, Cancel);
        Assert.NotNull(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_conflict_is_told_to_everybody_concerned_and_its_end_too()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        await ServiceAsync(mesh, "west");
        await DeclareAsync(mesh, "west", "v1beta1");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await mesh.ExportAsync("north", port: 9999);
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Contains("Conflict True PortConflict", Conditions(await FindAsync(mesh, "west", "v1beta1")), StringComparison.Ordinal);
        Assert.Contains("which west exported first", await ProblemAsync(mesh, "north"), StringComparison.Ordinal);
        var told = Assert.Single(await (await mesh.ApiAsync("north")).ListAsync(ResourceKind.Event, "shop", null, null, Cancel));
        Assert.Equal(("PortConflict", "Warning"), (ObjectMetadata.TextOf(told["reason"]), ObjectMetadata.TextOf(told["type"])));
        Assert.Equal("10.255.0.3", ObjectMetadata.TextOf(Assert.Single(Assert.IsType<JsonArray>((await mesh.EntryAsync("east"))?["spec"]?["endpoints"]))?["address"]));
        var second = new WatchedRequests();
        await mesh.Services(second).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(0, second.Writes);
        await mesh.ChangeServiceAsync("north", "reviews", service => service["spec"]?["ports"]?[0]?.AsObject()["port"] = 9080);
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Null(await ProblemAsync(mesh, "north"));
        Assert.Contains("Conflict False NoConflicts", Conditions(await FindAsync(mesh, "west", "v1beta1")), StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<JsonArray>((await mesh.EntryAsync("east"))?["spec"]?["endpoints"]).Count);
    }

    [Fact]
    public async Task Ready_is_told_when_everything_is_in_place_in_every_cluster_and_not_before()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        await ServiceAsync(mesh, "north");
        await DeclareAsync(mesh, "north", "v1beta1");
        var told = 0;
        var requests = new WatchedRequests
        {
            Before = async (_, request) =>
            {
                if (request.Method == HttpMethod.Get || request.RequestUri?.AbsolutePath.EndsWith("/serviceexports/reviews/status", StringComparison.Ordinal) != true)
                    return;
                told++;
                foreach (var cluster in new[] { "east", "north", "west" })
                {
                    Assert.NotNull(await mesh.EntryAsync(cluster));
                    Assert.Contains(EmbeddedMesh.Host, await mesh.StateOfDnsAsync(cluster), StringComparison.Ordinal);
                }

                Assert.NotNull(await mesh.FindAsync("north", ResourceKind.Gateway, "isthmus-system", "isthmus-exports-shop"));
            },
        };
        Assert.True((await mesh.Services(requests).RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.Equal(1, told);
    }

    [Theory]
    [InlineData("east", "/serviceentries")]
    [InlineData("north", "/gateways")]
    public async Task An_export_is_not_ready_while_a_server_refuses_what_it_takes(string cluster, string kind)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(ServiceExportDefinition.WithIstio("v1beta1"));
        await ServiceAsync(mesh, "north");
        await DeclareAsync(mesh, "north", "v1beta1");
        var requests = new WatchedRequests
        {
            Answer = (name, request) => name.Value == cluster && request.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith(kind, StringComparison.Ordinal) == true
                ? new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("""{"kind":"Status","reason":"Forbidden","message":"may not"}""") }
                : null,
        };
        Assert.False((await mesh.Services(requests).RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.Null((await FindAsync(mesh, "north", "v1beta1"))["status"]);
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Contains("Ready True", Conditions(await FindAsync(mesh, "north", "v1beta1")), StringComparison.Ordinal);
    }

    private static ResourceKind Kind(string version) => ResourceKind.ServiceExport with { Version = version };

    private static Task<JsonObject> ServiceAsync(EmbeddedMesh mesh, string cluster) => mesh.CreateAsync(cluster, new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = "reviews", ["namespace"] = "shop" },
        ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = "reviews" }, ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 9080 }) },
    });

    private static async Task DeclareAsync(EmbeddedMesh mesh, string cluster, string version) =>
        await (await mesh.ApiAsync(cluster)).CreateAsync(
            Kind(version),
            new JsonObject { ["apiVersion"] = Kind(version).ApiVersion, ["kind"] = "ServiceExport", ["metadata"] = new JsonObject { ["name"] = "reviews", ["namespace"] = "shop" } },
            Cancel);

    private static async Task DeleteAsync(EmbeddedMesh mesh, string cluster, string version) =>
        await (await mesh.ApiAsync(cluster)).DeleteAsync(Kind(version), await FindAsync(mesh, cluster, version), Cancel);

    private static async Task<JsonObject> FindAsync(EmbeddedMesh mesh, string cluster, string version)
    {
        var found = await mesh.FindAsync(cluster, Kind(version), "shop", "reviews");
        Assert.NotNull(found);
        return found;
    }

    private static async Task<string?> ProblemAsync(EmbeddedMesh mesh, string cluster) =>
        (await mesh.FindAsync(cluster, ResourceKind.Service, "shop", "reviews"))?.Annotation(FederationNames.ProblemAnnotation);

    private static string Conditions(JsonObject declaration) => string.Join(
        ", ",
        Assert.IsType<JsonArray>(declaration["status"]?["conditions"]).OfType<JsonObject>().Select(condition => $"{condition["type"]} {condition["status"]} {condition["reason"]}"));
}
