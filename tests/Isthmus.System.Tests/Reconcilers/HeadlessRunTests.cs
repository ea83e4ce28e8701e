using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class HeadlessRunTests
{
    private const string Pod0 = "mysql-0.mysql.shop.global";
    private const string Pod1 = "mysql-1.mysql.shop.global";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_of_a_StatefulSet_are_followed_by_events_alone()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await RunAsync(mesh);
        var before = await mesh.StateAsync();
        var set = new EmbeddedStatefulSet(mesh, "west");
        await set.ExportAsync("mysql-0", "mysql-1");
        await RunAsync(mesh);
        Assert.NotNull(await mesh.EntryAsync("east", Pod0));
        Assert.NotNull(await mesh.FindAsync("west", ResourceKind.DestinationRule, "istio-system", "isthmus-pods.mysql.shop"));
        Assert.Contains(Pod1, await mesh.StateAsync(), StringComparison.Ordinal);
        var second = new WatchedRequests();
        await mesh.Services(second).RunAsync(EmbeddedStatefulSet.Mysql, null, Cancel);
        await mesh.Resync().RunAsync(Cancel);
        await mesh.Resync(second).RunAsync(Cancel);
        Assert.Equal(0, second.Writes);
        await set.ReadyAsync("mysql-1");
        await RunAsync(mesh);
        Assert.Null(await mesh.EntryAsync("east", Pod0));
        Assert.NotNull(await mesh.EntryAsync("east", Pod1));
        await set.LabelAsync(isExported: false);
        await RunAsync(mesh);
        Assert.Equal(before, await mesh.StateAsync());
        Assert.Null(await mesh.FindAsync("west", ResourceKind.DestinationRule, "istio-system", "isthmus-pods.mysql.shop"));
    }

    [Fact]
    public async Task A_runner_that_dies_after_any_write_leaves_no_pods_names_behind()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await RunAsync(mesh);
        var before = await mesh.StateAsync();
        var set = new EmbeddedStatefulSet(mesh, "west");
        await set.ExportAsync("mysql-0", "mysql-1");
        await RunAsync(mesh);
        var exported = await mesh.StateAsync();
        for (var writes = 1; ; writes++)
        {
            // Once while it withdraws, once while it exports; each time the next run goes the other way or the same.
            await set.LabelAsync(isExported: false);
            var withdrew = await DieAsync(mesh, writes);
            await RunAsync(mesh);
            Assert.Equal(before, await mesh.StateAsync());
            await set.LabelAsync(isExported: true);
            await DieAsync(mesh, writes);
            await set.LabelAsync(isExported: false);
            await RunAsync(mesh);
            Assert.Equal(before, await mesh.StateAsync());
            await set.LabelAsync(isExported: true);
            await RunAsync(mesh);
            Assert.Equal(exported, await mesh.StateAsync());
            if (withdrew)
            {
                Assert.True(writes > 8, $"only {writes} writes were tried");
                return;
            }
        }
    }

    [Fact]
    public async Task A_foreign_object_under_a_pods_name_is_left_alone_and_both_owners_are_named()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var foreign = new JsonObject
        {
            ["apiVersion"] = ResourceKind.ServiceEntry.ApiVersion,
            ["kind"] = "ServiceEntry",
            ["metadata"] = new JsonObject { ["name"] = Pod0, ["namespace"] = SystemNamespaces.Isthmus },
            ["spec"] = new JsonObject { ["hosts"] = new JsonArray("x.example.com"), ["ports"] = new JsonArray(new JsonObject { ["number"] = 80, ["name"] = "http", ["protocol"] = "HTTP" }), ["resolution"] = "DNS" },
        };
        await mesh.CreateAsync("east", foreign);
        await new EmbeddedStatefulSet(mesh, "west").ExportAsync("mysql-0", "mysql-1");
        var report = await mesh.Services().RunAsync(EmbeddedStatefulSet.Mysql, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        var clash = Assert.Single(report.Skipped, entry => entry.Kind == "ServiceEntry" && entry.Cluster.Value == "east");
        Assert.Contains("mesh 'test'", clash.Reason, StringComparison.Ordinal);
        Assert.Equal("x.example.com", (await mesh.EntryAsync("east", Pod0))?["spec"]?["hosts"]?[0]?.ToString());
        Assert.NotNull(await mesh.EntryAsync("east", Pod1));
    }

    [Fact]
    public async Task A_deleted_services_address_rests_and_its_own_name_has_it_again()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var address = (await mesh.EntryAsync("east"))?.Label(FederationNames.AddressLabel);
        await mesh.DeleteServiceAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var record = await mesh.FindAsync("east", ResourceKind.ConfigMap, SystemNamespaces.Isthmus, "resting.reviews.shop.global");
        Assert.Equal(address, record?.Label(FederationNames.AddressLabel));
        Assert.True(Ownership.IsOurs(record ?? [], "test"));
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(address, (await mesh.EntryAsync("east"))?.Label(FederationNames.AddressLabel));
        Assert.Null(await mesh.FindAsync("east", ResourceKind.ConfigMap, SystemNamespaces.Isthmus, "resting.reviews.shop.global"));
    }

    private static async Task RunAsync(EmbeddedMesh mesh)
    {
        var report = await mesh.Services().RunAsync(EmbeddedStatefulSet.Mysql, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
    }

    /// <summary>Whether the run came to its end all the same.</summary>
    private static async Task<bool> DieAsync(EmbeddedMesh mesh, int writes)
    {
        var died = await Record.ExceptionAsync(() => mesh.Services(new WatchedRequests { DiesAfterWrites = writes }).RunAsync(EmbeddedStatefulSet.Mysql, null, Cancel));
        Assert.True(died is null or RunnerDiedException, $"{died}");
        return died is null;
    }
}
