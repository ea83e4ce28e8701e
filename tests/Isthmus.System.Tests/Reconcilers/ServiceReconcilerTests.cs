using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

public sealed class ServiceReconcilerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_exported_service_is_reached_from_everywhere_and_unexported_from_nowhere()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var before = await mesh.StateAsync();
        await mesh.ExportAsync("west");
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.True(report.Succeeded, string.Join("; ", report.Failures));
        Assert.Equal("10.255.0.3", ObjectMetadata.TextOf((await mesh.EntryAsync("east"))?["spec"]?["endpoints"]?[0]?["address"]));
        Assert.NotNull(await mesh.FindAsync("east", ResourceKind.DestinationRule, "isthmus-system", EmbeddedMesh.Host));
        Assert.NotNull(await mesh.FindAsync("west", ResourceKind.Gateway, "isthmus-system", "isthmus-exports-shop"));
        Assert.Contains(EmbeddedMesh.Host, await mesh.StateAsync(), StringComparison.Ordinal);
        var second = new WatchedRequests();
        await mesh.Services(second).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(0, second.Writes);
        await mesh.UnexportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(before, await mesh.StateAsync());
    }

    [Fact]
    public async Task An_unreachable_exporter_is_named_and_keeps_what_it_offered_and_the_others_are_served()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await mesh.ExportAsync("north");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        mesh.Cluster("west").Disconnect();
        await mesh.DeleteServiceAsync("north");
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(new ClusterName("west"), Assert.Single(report.Failures).Cluster);
        Assert.Equal("10.255.0.3", ObjectMetadata.TextOf(Assert.Single(Endpoints(await mesh.EntryAsync("east")))?["address"]));
        mesh.Cluster("west").Reconnect();
        await mesh.DeleteServiceAsync("west");
        Assert.True((await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
        Assert.Null(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_slow_runner_does_not_leave_an_old_state_behind_that_a_faster_one_saw_as_right()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        // The namespace is there already, so that the runners meet nowhere but at the name.
        await mesh.Services().RunAsync(new ServiceName("shop", "other"), null, Cancel);
        await mesh.ExportAsync("west");
        var isAboutToWrite = new TaskCompletionSource();
        var mayWrite = new TaskCompletionSource();
        var slow = new WatchedRequests
        {
            Before = async (_, request) =>
            {
                if (IsBehindClaims(request))
                {
                    isAboutToWrite.TrySetResult();
                    await mayWrite.Task;
                }
            },
        };
        var slowRun = mesh.Services(slow).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await isAboutToWrite.Task;
        await mesh.DeleteServiceAsync("west");
        // In east there is nothing yet, so the faster run is content with what it sees there.
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Null(await mesh.EntryAsync("east"));
        mayWrite.SetResult();
        Assert.True((await slowRun).Succeeded);
        Assert.Null(await mesh.EntryAsync("east"));
        Assert.DoesNotContain(EmbeddedMesh.Host, await mesh.StateAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_runner_that_withdraws_does_not_undo_what_was_exported_again()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var exported = await mesh.StateAsync();
        var service = await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews") ?? [];
        await mesh.UnexportAsync("west");
        var isAboutToWrite = new TaskCompletionSource();
        var mayWrite = new TaskCompletionSource();
        var slow = new WatchedRequests
        {
            Before = async (_, request) =>
            {
                if (IsBehindClaims(request))
                {
                    isAboutToWrite.TrySetResult();
                    await mayWrite.Task;
                }
            },
        };
        var slowRun = mesh.Services(slow).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        await isAboutToWrite.Task;
        // Somebody puts the Service back as it was, with what stood on it.
        await mesh.ChangeServiceAsync("west", "reviews", live =>
        {
            foreach (var map in new[] { "labels", "annotations" })
                live["metadata"]![map] = service["metadata"]?[map]?.DeepClone();
        });
        // All stands as it should, so the faster run leaves it alone, and no resourceVersion tells the slow one of it.
        var fast = new WatchedRequests();
        await mesh.Services(fast).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(0, fast.Writes);
        mayWrite.SetResult();
        Assert.True((await slowRun).Succeeded);
        Assert.Equal(exported, await mesh.StateAsync());
    }

    // What is claimed on a Service comes first, and would meet a conflict there: the runner would look again for that reason alone.
    private static bool IsBehindClaims(HttpRequestMessage request) =>
        request.Method != HttpMethod.Get && request.RequestUri?.AbsolutePath.Contains("/services/", StringComparison.Ordinal) != true;

    [Fact]
    public async Task Waits_for_a_write_that_its_event_has_overtaken()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        var service = await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        service = await mesh.FindAsync("west", ResourceKind.Service, "shop", "reviews");
        Assert.NotNull(service);
        var looks = 0;
        var requests = new WatchedRequests
        {
            // The write lands only after the run has looked twice.
            Before = async (cluster, request) =>
            {
                if (request.RequestUri?.AbsolutePath.EndsWith("/services/reviews", StringComparison.Ordinal) == true && ++looks == 3)
                    await mesh.UnexportAsync("west");
            },
        };
        var write = new ExpectedWrite(new ClusterName("west"), "UPDATE", service.Uid(), service.ResourceVersion());
        await mesh.Services(requests).RunAsync(EmbeddedMesh.Reviews, write, Cancel);
        Assert.Null(await mesh.EntryAsync("east"));
    }

    [Fact]
    public async Task A_runner_that_dies_after_any_write_leaves_nothing_that_the_next_run_does_not_put_right()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var before = await mesh.StateAsync();
        await mesh.ExportAsync("west");
        await mesh.ExportAsync("north");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var undisturbed = await mesh.StateAsync();
        for (var writes = 1; ; writes++)
        {
            await mesh.UnexportAsync("west");
            await mesh.UnexportAsync("north");
            await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
            Assert.Equal(before, await mesh.StateAsync());
            foreach (var cluster in new[] { "west", "north" })
                await mesh.ChangeServiceAsync(cluster, "reviews", service => Labels(service)["isthmus.dev/export"] = "true");
            var dying = new WatchedRequests { DiesAfterWrites = writes };
            var died = await Record.ExceptionAsync(() => mesh.Services(dying).RunAsync(EmbeddedMesh.Reviews, null, Cancel));
            Assert.True(died is null or RunnerDiedException, $"{died}");
            Assert.True((await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel)).Succeeded);
            Assert.Equal(undisturbed, await mesh.StateAsync());
            if (died is null)
            {
                Assert.True(writes > 5, $"only {writes} writes were tried");
                return;
            }
        }
    }

    [Fact]
    public async Task One_services_event_costs_the_same_requests_however_many_others_there_are()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var few = new WatchedRequests();
        await mesh.Services(few).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        for (var number = 0; number < 40; number++)
            await mesh.ExportAsync("west", $"other-{number}");
        await mesh.Resync().RunAsync(Cancel);
        var many = new WatchedRequests();
        await mesh.Services(many).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Equal(few.Sent.Order(), many.Sent.Order());
        Assert.Equal(0, many.Writes);
    }

    [Fact]
    public async Task An_object_that_a_server_refuses_is_named_once_and_all_others_are_served()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ExportAsync("west");
        var requests = new WatchedRequests
        {
            Answer = (cluster, request) => cluster.Value == "east" && request.Method == HttpMethod.Post && request.RequestUri?.AbsolutePath.EndsWith("/destinationrules", StringComparison.Ordinal) == true
                ? new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("""{"kind":"Status","reason":"Forbidden","message":"may not write rules"}""") }
                : null,
        };
        var report = await mesh.Services(requests).RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(new ClusterName("east"), failure.Cluster);
        Assert.Contains("may not write rules", failure.Reason, StringComparison.Ordinal);
        // Without its rule the entry would let clients send plain text.
        Assert.Null(await mesh.EntryAsync("east"));
        Assert.NotNull(await mesh.EntryAsync("north"));
        Assert.NotNull(await mesh.FindAsync("west", ResourceKind.Gateway, "isthmus-system", "isthmus-exports-shop"));
    }

    [Fact]
    public async Task A_foreign_object_under_the_same_name_is_left_alone_and_reported()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.CreateAsync("east", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "isthmus-system" } });
        await mesh.CreateAsync("east", new JsonObject
        {
            ["apiVersion"] = "networking.istio.io/v1beta1",
            ["kind"] = "ServiceEntry",
            ["metadata"] = new JsonObject { ["name"] = EmbeddedMesh.Host, ["namespace"] = "isthmus-system" },
            ["spec"] = new JsonObject { ["hosts"] = new JsonArray("mine.example.com") },
        });
        await mesh.ExportAsync("west");
        var report = await mesh.Services().RunAsync(EmbeddedMesh.Reviews, null, Cancel);
        Assert.Contains(report.Skipped, entry => entry is { Kind: "ServiceEntry", Cluster.Value: "east" });
        Assert.Equal("mine.example.com", ObjectMetadata.TextOf((await mesh.EntryAsync("east"))?["spec"]?["hosts"]?[0]));
        Assert.NotNull(await mesh.EntryAsync("north"));
    }

    private static JsonArray Endpoints(JsonObject? entry) => Assert.IsType<JsonArray>(entry?["spec"]?["endpoints"]);

    private static JsonObject Labels(JsonObject obj)
    {
        var metadata = Assert.IsType<JsonObject>(obj["metadata"]);
        if (metadata["labels"] is not JsonObject labels)
            metadata["labels"] = labels = [];
        return labels;
    }
}
