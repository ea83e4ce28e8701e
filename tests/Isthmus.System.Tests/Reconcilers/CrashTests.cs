using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>A full run that dies after each of its writes in turn, and the run after it.</summary>
public sealed class CrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_run_that_dies_after_any_write_is_finished_by_the_next_whatever_it_was_about()
    {
        await using var undisturbed = await EmbeddedMesh.StartAsync(null, "east", "west");
        await using var disturbed = await EmbeddedMesh.StartAsync(null, "east", "west");
        foreach (var step in Steps)
        {
            await step(undisturbed);
            await step(disturbed);
            var report = await undisturbed.Resync().RunAsync(Cancel);
            Assert.True(report.Succeeded, string.Join("; ", report.Failures));
            // Every run dies after its first write, so that the work is done by as many runs as there are writes.
            var runs = 0;
            while (!await SurvivesAsync(disturbed, diesAfter: 1))
                Assert.True(++runs < 100, "the runs do not come to an end");
            Assert.True(runs > 3, $"only {runs} runs died");
            Assert.Equal(await undisturbed.StateAsync(), await disturbed.StateAsync());
        }
    }

    [Fact]
    public async Task A_full_run_that_dies_anywhere_leaves_nothing_that_one_more_run_does_not_put_right()
    {
        await using var undisturbed = await EmbeddedMesh.StartAsync(null, "east", "west");
        foreach (var step in Steps[..2])
            await step(undisturbed);
        await undisturbed.Resync().RunAsync(Cancel);
        var expected = await undisturbed.StateAsync();
        for (var writes = 1; ; writes += 2)
        {
            await using var mesh = await EmbeddedMesh.StartAsync(null, "east", "west");
            foreach (var step in Steps[..2])
                await step(mesh);
            var survived = await SurvivesAsync(mesh, writes);
            Assert.True((await mesh.Resync().RunAsync(Cancel)).Succeeded);
            Assert.Equal(expected, await mesh.StateAsync());
            var idle = new WatchedRequests();
            await mesh.Resync(idle).RunAsync(Cancel);
            Assert.Equal(0, idle.Writes);
            if (survived)
            {
                Assert.True(writes > 10, $"only {writes} writes were tried");
                return;
            }
        }
    }

    private static readonly Func<EmbeddedMesh, Task>[] Steps =
    [
        async mesh =>
        {
            await mesh.ExportAsync("west");
            await mesh.ExportAsync("west", "ratings");
        },
        // A second exporter, and one that disagrees.
        async mesh =>
        {
            await mesh.ExportAsync("east");
            await mesh.ExportAsync("east", "ratings", 9999);
        },
        async mesh =>
        {
            await mesh.ChangeServiceAsync("west", "reviews", service => Port(service)["port"] = 9090);
            await mesh.ChangeServiceAsync("east", "reviews", service => Port(service)["port"] = 9090);
            await mesh.UnexportAsync("west", "ratings");
        },
        async mesh =>
        {
            await mesh.DeleteServiceAsync("east");
            await mesh.UnexportAsync("west");
            await mesh.UnexportAsync("east", "ratings");
        },
    ];

    private static async Task<bool> SurvivesAsync(EmbeddedMesh mesh, int diesAfter)
    {
        var died = await Record.ExceptionAsync(() => mesh.Resync(new WatchedRequests { DiesAfterWrites = diesAfter }).RunAsync(Cancel));
        Assert.True(died is null or RunnerDiedException, $"{died}");
        return died is null;
    }

    private static JsonObject Port(JsonObject service) => Assert.IsType<JsonObject>(service["spec"]?["ports"]?[0]);
}
